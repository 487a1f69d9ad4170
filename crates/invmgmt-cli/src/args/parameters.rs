//! The options that set numbers of demand: one per row of the engine's table of parameters.

use std::sync::LazyLock;

use clap::{Arg, ArgGroup, ArgMatches, Args, Command, FromArgMatches, value_parser};
use invmgmt::demand::{
    Acts, DemandConfig, DemandError, Effects, PARAMETERS, Parameter, ParameterForm, ParameterValue,
};

/// What stands above the options of goodwill.
pub(crate) const GOODWILL_HEADING: &str = "Goodwill";

/// The parameters that are numbers, each with the name of its option.
static NUMBERS: LazyLock<Vec<(&'static Parameter, String)>> = LazyLock::new(|| {
    let numbers = PARAMETERS.iter().filter(|row| matches!(row.form, ParameterForm::Number(_)));
    numbers.map(|row| (row, option_name(row.key))).collect()
});

/// Numbers of demand that were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParameterArgs {
    given: Vec<(&'static Parameter, f64)>,
}

impl ParameterArgs {
    /// The number given for a parameter.
    pub fn get(&self, key: &str) -> Option<f64> {
        self.given.iter().find(|(row, _)| row.key == key).map(|&(_, number)| number)
    }

    /// Puts what was given into a configuration.
    ///
    /// # Errors
    /// [`DemandError`] for the first number out of range.
    pub fn put(&self, config: &mut DemandConfig) -> Result<(), DemandError> {
        self.given.iter().try_for_each(|&(row, number)| row.set(config, ParameterValue::Number(number)))
    }

    /// The options given that shape drawn demand: those that always do, and those of effects.
    pub fn of_drawn_demand(&self) -> (Vec<String>, Vec<String>) {
        let of_links = self.given.iter().map(|(row, _)| *row).filter(|row| row.is_of_links());
        let (always, of_effects): (Vec<_>, Vec<_>) = of_links.partition(|row| row.acts == Acts::Always);
        let names = |rows: Vec<&Parameter>| rows.iter().map(|row| option_name(row.key)).collect();
        (names(always), names(of_effects))
    }
}

impl ParameterArgs {
    /// The options given that shape an effect which is not among these, each with its effect.
    pub fn without_effect(&self, on: Effects) -> Vec<(String, &'static str)> {
        let idle = self.given.iter().filter_map(|(row, _)| match row.acts {
            Acts::With(effect) if !on.names().any(|name| name == effect) => {
                Some((option_name(row.key), effect))
            }
            _ => None,
        });
        idle.collect()
    }
}

impl Args for ParameterArgs {
    fn group_id() -> Option<clap::Id> {
        Some("ParameterArgs".into())
    }

    fn augment_args(command: Command) -> Command {
        let group =
            ArgGroup::new("ParameterArgs").multiple(true).args(NUMBERS.iter().map(|(row, _)| row.key));
        NUMBERS.iter().map(option).fold(command, Command::arg).group(group)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ParameterArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut args = Self::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let given = NUMBERS.iter().filter_map(|(row, _)| Some((*row, *matches.get_one::<f64>(row.key)?)));
        self.given = given.collect();
        Ok(())
    }
}

fn option((row, name): &'static (&'static Parameter, String)) -> Arg {
    let option = Arg::new(row.key)
        .long(&name[2..])
        .value_name("X")
        .value_parser(value_parser!(f64))
        .allow_negative_numbers(true)
        .help(help(row));
    match row.acts {
        Acts::WithGoodwill => option.help_heading(GOODWILL_HEADING).requires("goodwill"),
        _ => option,
    }
}

fn option_name(key: &str) -> String {
    format!("--{}", key.replace('_', "-"))
}

/// What an option is, its unit and its default.
fn help(row: &Parameter) -> String {
    let unit = if row.unit == "1" { String::new() } else { format!(" [{}]", row.unit) };
    let mut words = row.meaning.chars();
    let first: String = words.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}{unit} [default: {}]", words.as_str(), default_in_words(row))
}

fn default_in_words(row: &Parameter) -> String {
    let ParameterValue::Number(number) = row.default_value() else { return "each market's own".to_owned() };
    let periods = std::f64::consts::TAU / number;
    if row.unit == "radians / period" && (periods - periods.round()).abs() < 1e-9 {
        return format!("2 pi / {}", periods.round());
    }
    number.to_string()
}
