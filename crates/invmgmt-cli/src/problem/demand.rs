//! From options to the demand of an episode.

use std::fmt::Write as _;
use std::path::Path;

use invmgmt::demand::{DemandConfig, DemandError, DemandModel, Effects, effects_of_type};
use invmgmt::network::{MarketLinkIx, Network};
use invmgmt_data::{Scenario, did_you_mean, read_column};

use crate::args::problem::{DemandArgs, SeriesArgs};
use crate::args::tables::TableArgs;
use crate::failure::Failure;

/// Length of an episode where neither --periods nor a series says it.
const DEFAULT_PERIODS: usize = 30;
/// Names of links listed in a message before it says how many more there are.
const NAMES_SHOWN: usize = 12;

/// The demand of all episodes of a command.
pub(crate) struct Demand {
    pub model: DemandModel,
    pub num_periods: usize,
    /// In words, for people.
    pub description: String,
}

/// One use of --demand, read.
struct Source {
    /// The option's text.
    text: String,
    /// The market link it names, if it names one.
    link: Option<MarketLinkIx>,
    values: Vec<f64>,
}

/// The demand the options describe. Without `periods` an episode is as long as the series.
pub(crate) fn build(
    given: &DemandArgs,
    network: &Network,
    periods: Option<usize>,
) -> Result<Demand, Failure> {
    let mut sources = Vec::with_capacity(given.series.sources.len());
    if given.series.sources.is_empty() && given.series.form.says_something() {
        let message = "--separator, --decimal, --dates, --sheet and --range say how --demand's files are written; \
                       there is no --demand";
        return Err(Failure::Usage(message.to_owned()));
    }
    for text in &given.series.sources {
        sources.push(Source::read(text, &given.series.form, network)?);
    }
    let num_periods =
        periods.or_else(|| common_length(&sources, given.series.cycle)).unwrap_or(DEFAULT_PERIODS);
    for source in &mut sources {
        source.fit(&given.series, num_periods)?;
    }
    let config = config(given).map_err(Failure::refused)?;
    let described = describe(given, &config, network, &sources);
    let model = if given.series.as_mean {
        let series = around_a_series(given, network, sources)?;
        DemandModel::new(DemandConfig { external_series: Some(series.into()), ..config })
            .map_err(Failure::refused)?
    } else {
        replayed(network, config, sources, num_periods)?
    };
    if !given.series.sources.is_empty() && model.is_replay(network) {
        refuse_idle_options(given)?;
    }
    refuse_without_effect(given, &model.config)?;
    Ok(Demand { model, num_periods, description: described })
}

/// The demand of a scenario.
pub(super) fn of_scenario(scenario: &Scenario) -> Demand {
    let (network, model) = (&scenario.network, &*scenario.demand);
    let links = || network.market.indices();
    let series = links().filter(|&link| model.replays.series(link).is_some()).count();
    let own = links().filter(|&link| model.own(link).is_some()).count();
    let mut description = describe(&DemandArgs::default(), &DemandConfig::default(), network, &[]);
    if let Some(mean) = model.config.base_mu {
        description = format!("drawn, mean {mean}");
    } else if model.config.external_series.is_some() {
        "drawn around a series".clone_into(&mut description);
    }
    if model.is_replay(network) {
        "replayed from series".clone_into(&mut description);
    } else if series > 0 {
        let _ = write!(description, ", {series} of {} market links replayed", network.market.len());
    }
    if own > 0 {
        let _ = write!(
            description,
            ", {own} of {} market links with parameters of their own",
            network.market.len()
        );
    }
    for name in moving(&model.config) {
        let _ = write!(description, ", {name}");
    }
    Demand { model: model.clone(), num_periods: scenario.num_periods, description }
}

/// What moves the mean, in words.
fn moving(config: &DemandConfig) -> impl Iterator<Item = &'static str> {
    config.effects.names().chain(config.use_goodwill.then_some("goodwill"))
}

/// The parameters given, the others at their defaults.
fn config(given: &DemandArgs) -> Result<DemandConfig, DemandError> {
    // The command line accepts known names only.
    let named = given.demand_type.as_deref().and_then(effects_of_type).unwrap_or_default();
    let chosen: Vec<&str> = match &given.effects {
        Some(effects) => effects.iter().map(String::as_str).collect(),
        None => named.to_vec(),
    };
    let mut config = DemandConfig {
        effects: Effects::from_names(chosen).unwrap_or_default(),
        use_goodwill: given.goodwill.goodwill,
        ..DemandConfig::default()
    };
    given.numbers.put(&mut config)?;
    Ok(config)
}

/// The length all series share; with --cycle the longest.
fn common_length(sources: &[Source], cycle: bool) -> Option<usize> {
    let lengths = sources.iter().map(|source| source.values.len());
    if cycle { lengths.max() } else { lengths.min() }
}

impl Source {
    /// Reads `FILE:COLUMN` or `LINK=FILE:COLUMN`.
    fn read(text: &str, form: &TableArgs, network: &Network) -> Result<Self, Failure> {
        let (link, file_and_column) = split_link(text, network)?;
        let Some((file, column)) =
            file_and_column.rsplit_once(':').filter(|(file, column)| !file.is_empty() && !column.is_empty())
        else {
            return Err(Failure::Usage(format!(
                "--demand '{}': expected FILE:COLUMN or LINK=FILE:COLUMN, as in sales.csv:units",
                text.escape_debug()
            )));
        };
        let values = read_column(&form.source(Path::new(file)), column).map_err(Failure::refused)?;
        if let Some(position) = values.iter().position(|&value| value < 0.0) {
            return Err(Failure::Refused(format!(
                "--demand '{}': value {} is {}; expected demand >= 0",
                text.escape_debug(),
                position + 1,
                values[position]
            )));
        }
        Ok(Self { text: text.to_owned(), link, values })
    }

    /// Makes the series as long as the episode and scales it as asked.
    fn fit(&mut self, given: &SeriesArgs, num_periods: usize) -> Result<(), Failure> {
        let found = self.values.len();
        if found < num_periods && !given.cycle {
            return Err(Failure::Refused(format!(
                "--demand '{}': the series has {found} values, the episode {num_periods} periods; \
                 say --periods {found} or less, or --cycle to begin the series again",
                self.text.escape_debug()
            )));
        }
        self.values = self.values.iter().copied().cycle().take(num_periods).collect();
        if let Some(wanted) = given.scale_to_mean {
            let mean = self.values.iter().sum::<f64>() / self.values.len().max(1) as f64;
            if !(wanted.is_finite() && wanted >= 0.0) {
                return Err(Failure::Usage(format!(
                    "--scale-to-mean is {wanted}; expected a finite number >= 0"
                )));
            }
            if mean <= 0.0 {
                return Err(Failure::Refused(format!(
                    "--demand '{}': the values played are all 0 and cannot be scaled to a mean of {wanted}",
                    self.text.escape_debug()
                )));
            }
            let factor = wanted / mean;
            self.values.iter_mut().for_each(|value| *value *= factor);
        }
        Ok(())
    }
}

/// The market link before the first fitting `=`, and the rest. Names may hold any character, so the links of the
/// network are tried one by one.
fn split_link<'t>(text: &'t str, network: &Network) -> Result<(Option<MarketLinkIx>, &'t str), Failure> {
    for (link, row) in network.market.iter() {
        let (from, to) = (network.nodes[row.from].id.to_string(), network.nodes[row.to].id.to_string());
        for written in [format!("{from}->{to}="), format!("{from} -> {to}=")] {
            if let Some(rest) = text.trim_start().strip_prefix(&written) {
                return Ok((Some(link), rest));
            }
        }
    }
    match text.split_once('=') {
        Some((unknown, _)) if unknown.contains("->") => {
            let names = market_names(network);
            let plain: Vec<String> = names.iter().map(|name| name.replace(" -> ", "->")).collect();
            let hint = did_you_mean(&unknown.replace(' ', ""), plain.iter().map(String::as_str));
            Err(Failure::Refused(format!(
                "--demand: no market link '{}'{hint}; market links: {}",
                unknown.trim().escape_debug(),
                shortened(&names)
            )))
        }
        _ => Ok((None, text)),
    }
}

/// The series that stands in place of the base mean of every market.
fn around_a_series(
    given: &DemandArgs,
    network: &Network,
    mut sources: Vec<Source>,
) -> Result<Vec<f64>, Failure> {
    let (Some(source), true) = (sources.pop(), sources.is_empty()) else {
        return Err(Failure::Usage(
            "--as-mean takes one --demand: the mean is the same at every market".into(),
        ));
    };
    if source.link.is_some() && network.market.len() > 1 {
        return Err(Failure::Usage(
            "--as-mean gives every market the same mean; leave the link out of --demand".into(),
        ));
    }
    if given.numbers.get("base_mu").is_some() {
        return Err(Failure::Usage("--as-mean takes the place of --base-mu; give one of them".into()));
    }
    Ok(source.values)
}

/// Demand that is the series on the links given, and drawn on the others.
fn replayed(
    network: &Network,
    config: DemandConfig,
    sources: Vec<Source>,
    num_periods: usize,
) -> Result<DemandModel, Failure> {
    let mut model = DemandModel::new(config).map_err(Failure::refused)?;
    for source in sources {
        let link = match source.link {
            Some(link) => link,
            None => only_market(network)?,
        };
        let name = network.link_name(network.market[link].link);
        if model.replays.value(0, link).is_some() {
            return Err(Failure::Usage(format!("--demand: market link {name} is given twice")));
        }
        let name = format!("--demand '{}'", source.text.escape_debug());
        model.replays.set(&name, link, source.values.into(), num_periods).map_err(Failure::refused)?;
    }
    Ok(model)
}

fn only_market(network: &Network) -> Result<MarketLinkIx, Failure> {
    let mut links = network.market.indices();
    if let (Some(link), None) = (links.next(), links.next()) {
        return Ok(link);
    }
    let names = market_names(network);
    Err(Failure::Refused(format!(
        "--demand: the network has {} market links; say which one a column is for, as in '{}=FILE:COLUMN': {}",
        names.len(),
        names.first().map_or(String::new(), |name| name.replace(" -> ", "->")),
        shortened(&names)
    )))
}

/// Refuses options that shape drawn demand where nothing is drawn: they would silently do nothing.
fn refuse_idle_options(given: &DemandArgs) -> Result<(), Failure> {
    let named = [("--effects", given.effects.is_some()), ("--demand-type", given.demand_type.is_some())];
    let named = named.iter().filter(|(_, used)| *used).map(|(name, _)| (*name).to_owned());
    let (always, of_effects) = given.numbers.of_drawn_demand();
    let idle: Vec<String> = always.into_iter().chain(named).chain(of_effects).collect();
    if idle.is_empty() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "demand is replayed exactly, so {} would do nothing; leave it out, or add --as-mean to draw demand around \
         the series",
        idle.join(", ")
    )))
}

/// Refuses options that shape an effect that is not on.
fn refuse_without_effect(given: &DemandArgs, config: &DemandConfig) -> Result<(), Failure> {
    let idle = given.numbers.without_effect(config.effects);
    let idle: Vec<String> = idle
        .iter()
        .map(|(option, effect)| format!("{option} shapes the effect {effect}, which is not on"))
        .collect();
    if idle.is_empty() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{}; name the effect with --effects or --demand-type, or leave the option out",
        idle.join("; ")
    )))
}

fn market_names(network: &Network) -> Vec<String> {
    network.market.rows().iter().map(|link| network.link_name(link.link)).collect()
}

fn shortened(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMES_SHOWN)].join(", ");
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Demand in words.
fn describe(given: &DemandArgs, config: &DemandConfig, network: &Network, sources: &[Source]) -> String {
    let files: Vec<&str> = sources.iter().map(|source| source.text.as_str()).collect();
    let files = files.join(", ");
    let source = match (sources.is_empty(), given.series.as_mean, config.base_mu) {
        (false, true, _) => format!("drawn around {files}"),
        (false, false, _) => format!("replayed from {files}"),
        (true, _, Some(mean)) => format!("drawn, mean {mean}"),
        (true, ..) if network.market.len() == 1 => {
            format!("drawn, mean {}", DemandModel::average_own_mean(network))
        }
        (true, ..) => format!(
            "drawn, mean {:.1} on average over {} market links",
            DemandModel::average_own_mean(network),
            network.market.len()
        ),
    };
    let mut parts = vec![source];
    parts.extend(moving(config).map(str::to_owned));
    parts.extend(given.series.cycle.then(|| "cycled".to_owned()));
    parts.extend(given.series.scale_to_mean.map(|mean| format!("scaled to mean {mean}")));
    parts.join(", ")
}
