"""Describes a network of one's own in a file, plays it and draws it. Takes about two seconds.

One plant supplies two shops, one of them far away. Keys: I0 initial stock, h holding cost, C capacity, o operating
cost, v yield, L lead time, p price, g cost of a unit on order, b penalty for unmet demand.
"""

from pathlib import Path

from gym_invmgmt import compute_kpis, make_custom_env, plots, run_episode

NETWORK = """\
nodes:
  - {id: mine}
  - {id: plant, I0: 120, h: 0.01, C: 60, o: 0.01, v: 1.0}
  - {id: near shop, I0: 40, h: 0.05}
  - {id: far shop, I0: 80, h: 0.05}
  - {id: town}
  - {id: village}
edges:
  - {from: mine, to: plant, L: 1, p: 0.5, g: 0}
  - {from: plant, to: near shop, L: 1, p: 1.2, g: 0.005}
  - {from: plant, to: far shop, L: 5, p: 1.4, g: 0.005}
  - {from: near shop, to: town, p: 2.5, b: 0.2, demand_dist: poisson, dist_param: {mu: 15}}
  - {from: far shop, to: village, p: 2.5, b: 0.2, demand_dist: poisson, dist_param: {mu: 10}}
"""

Path("two_shops.yaml").write_text(NETWORK, encoding="utf-8")
env = make_custom_env("two_shops.yaml", num_periods=40)
print("an action orders on:", ", ".join(env.action_labels))

run_episode(env, lambda observation: [25.0, 15.0, 10.0], seed=1)
figures = compute_kpis(env)
print(f"profit {figures['total_profit']:.1f}, fill rate {figures['fill_rate']:.1%}")

plots.network(env, parameters=True).savefig("two_shops.png")
plots.inventory_heatmap(env).savefig("two_shops_stocks.png")
print("wrote two_shops.yaml, two_shops.png, two_shops_stocks.png")
