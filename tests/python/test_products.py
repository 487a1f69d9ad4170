"""Several products in Python: labels, orders by name, demand by product, graphs, copies."""

import numpy as np
import pytest

import gym_invmgmt as gi

DAIRY = {
    "products": ["milk", {"id": "cheese", "life": 5}],
    "nodes": [
        {"id": "farm"},
        {
            "id": "dairy",
            "I0": {"milk": 40, "cheese": 20},
            "h": {"milk": 0.1, "cheese": 0.2},
            "recipes": [{"make": "cheese", "from": {"milk": 2}, "L": 1, "o": 0.5}],
        },
        {"id": "town"},
    ],
    "edges": [
        {"from": "farm", "to": "dairy", "product": "milk", "L": 2, "p": 0.5, "g": 0.01},
        *(
            {"from": "dairy", "to": "town", "product": product, "p": price, "b": 1}
            | {"demand_dist": "poisson", "dist_param": {"mu": mean}}
            for product, price, mean in (("milk", 2, 12), ("cheese", 9, 4))
        ),
    ],
}


def dairy(**arguments):
    return gi.CoreEnv(config_path=gi._native.Network.from_dict(DAIRY), num_periods=10, **arguments)


def test_orders_are_given_by_link_and_product_and_recipes_by_node_and_product():
    env, other = dairy(), dairy()
    env.reset(seed=3)
    other.reset(seed=3)
    assert env.action_labels == ["order[farm -> dairy, milk]", "order[dairy: cheese]"]
    by_name = env.step({("farm", "dairy", "milk"): 30.0, ("dairy", "dairy", "cheese"): 5.0})
    by_position = other.step(np.array([30.0, 5.0]))
    assert by_name[1] == by_position[1]
    np.testing.assert_array_equal(by_name[0], by_position[0])
    with pytest.raises(ValueError, match="which is no supply link"):
        env.step({("farm", "dairy", "butter"): 1.0})


def test_demand_of_one_product_is_set_by_its_name():
    env = dairy(demand_config={"links": {("dairy", "town", "cheese"): {"base_mu": 40}}})
    env.reset(seed=0)
    means = [
        env.demand_engine.mean_demand(0, link) for link in (("dairy", "town", "milk"), ("dairy", "town", "cheese"))
    ]
    assert means == [12.0, 40.0]


def test_the_graph_holds_every_product_and_its_edits_act():
    env, plain = dairy(), dairy()
    env.reset(seed=1)
    plain.reset(seed=1)
    assert env.graph.is_multigraph()
    env.graph.edges["dairy", "town", "cheese"]["p"] = 10
    rewards = [one.step(np.zeros(2))[1] for one in (env, plain)]
    assert rewards[0] > rewards[1]


def test_rows_of_a_vector_equal_single_environments():
    vector = gi.InvMgmtVectorEnv(3, config_path=gi._native.Network.from_dict(DAIRY), num_periods=6)
    observations, _ = vector.reset(seed=[5, 6, 7])
    singles = [dairy() for _ in range(3)]
    for row, single in enumerate(singles):
        single.reset(seed=5 + row)
    for _ in range(6):
        action = np.array([[25.0, 4.0]] * 3)
        observations, rewards, *_ = vector.step(action)
        for row, single in enumerate(singles):
            observation, reward, *_ = single.step(action[row])
            assert reward == rewards[row]
            if single.period < 6:
                np.testing.assert_array_equal(observation, observations[row])


def network():
    return gi._native.Network.from_dict(DAIRY)


CHEESE = ("dairy", "town", "cheese")
MILK = ("dairy", "town", "milk")


def test_demand_by_link_and_product_is_the_same_in_a_vector_as_in_single_environments():
    config = {"links": {CHEESE: {"base_mu": 9, "effects": ["trend"], "trend_slope": 0.1}, MILK: {"base_mu": 30}}}
    vector = gi.InvMgmtVectorEnv(2, config_path=network(), num_periods=6, demand_config=config)
    vector.reset(seed=[3, 4])
    singles = [dairy(demand_config=config) for _ in range(2)]
    for row, single in enumerate(singles):
        single.reset(seed=3 + row)
    for _ in range(6):
        _, rewards, *_ = vector.step(np.array([[40.0, 6.0]] * 2))
        assert [single.step(np.array([40.0, 6.0]))[1] for single in singles] == rewards.tolist()
    column = singles[0].network.retail_map[CHEESE]
    assert singles[0].demand_engine.mean_demand(5, CHEESE) == pytest.approx(9 * 1.5)
    assert singles[0].D[:6, column].mean() < singles[0].D[:6, 1 - column].mean()


def test_a_link_of_no_product_or_of_several_is_refused_by_name():
    for edge in [("dairy", "town", "butter"), ("dairy", "town"), ("farm", "dairy", "milk")]:
        with pytest.raises(ValueError, match="demand_config links: no market link"):
            dairy(demand_config={"links": {edge: {"base_mu": 3}}})


def test_every_product_replays_its_own_series_in_single_and_vector_environments_and_files(tmp_path):
    series = {MILK: [5.0, 6.0, 7.0], CHEESE: [1.0, 0.0, 2.0]}
    env = gi.CoreEnv(config_path=network(), num_periods=3, user_D=series)
    vector = gi.InvMgmtVectorEnv(2, config_path=network(), num_periods=3, user_D=series)
    env.reset(seed=0)
    vector.reset(seed=0)
    demands = []
    for _ in range(3):
        env.step(np.zeros(2))
        observation, *_ = vector.step(np.zeros((2, 2)))
        demands.append(env.D[env.period - 1].tolist())
        if env.period < 3:
            np.testing.assert_array_equal(observation[0], env.state)
    assert demands == [[5.0, 1.0], [6.0, 0.0], [7.0, 2.0]]
    scenario = tmp_path / "dairy.yaml"
    scenario.write_text(
        "network:\n" + _yaml(DAIRY) + "demand:\n  links:\n"
        "    - {from: dairy, to: town, product: milk, series: [5, 6, 7]}\n"
        "    - {from: dairy, to: town, product: cheese, series: [1, 0, 2]}\nnum_periods: 3\n"
    )
    read = gi.CoreEnv(scenario=str(scenario))
    read.reset(seed=0)
    for _ in range(3):
        read.step(np.zeros(2))
    assert read.D.tolist() == env.D.tolist()


def _yaml(network):
    import json

    return "".join(f"  {key}: {json.dumps(value)}\n" for key, value in network.items())


def test_series_by_group_of_a_long_table_go_to_the_products_of_a_link(tmp_path):
    from gym_invmgmt.data_adapters import long_demand_csv_to_spec

    table = tmp_path / "till.csv"
    table.write_text("day,item,sold\n1,milk,5\n1,cheese,1\n2,cheese,0\n2,milk,6\n")
    spec = long_demand_csv_to_spec(
        table, demand_col="sold", time_col="day", group_cols=["item"], edge_map={"milk": MILK, "cheese": CHEESE}
    )
    env = gi.CoreEnv(config_path=network(), num_periods=2, user_D=spec.env_kwargs["user_D"])
    env.reset(seed=0)
    env.step(np.zeros(2))
    env.step(np.zeros(2))
    assert env.D.tolist() == [[5.0, 1.0], [6.0, 0.0]]


def test_customers_of_all_products_share_their_sentiment():
    def demands(stock):
        declared = {**DAIRY, "nodes": [dict(node) for node in DAIRY["nodes"]]}
        declared["nodes"][1]["I0"] = {"milk": 400, "cheese": stock}
        env = gi.CoreEnv(
            config_path=gi._native.Network.from_dict(declared),
            num_periods=8,
            demand_config={"use_goodwill": True, "noise_scale": 0.0},
        )
        env.reset(seed=0)
        for _ in range(8):
            env.step(np.zeros(2))
        return env.D[:, env.network.retail_map[MILK]]

    fed, starved = demands(400), demands(0)
    assert starved[0] == fed[0]
    assert starved[-1] < fed[-1], "who goes without cheese buys less milk"


def test_the_ledger_adds_up_by_product_and_by_place():
    env = dairy()
    env.reset(seed=3)
    for _ in range(5):
        env.step({("farm", "dairy", "milk"): 30.0, ("dairy", "dairy", "cheese"): 5.0})
    ledger = env.ledger()
    products, places = ledger.by_product(), ledger.by_place()
    assert list(products) == ["milk", "cheese"]
    assert list(places) == ["dairy"]
    assert products["cheese"].node_ids == ["dairy, cheese"]
    np.testing.assert_array_equal(products["milk"].profit[:, 0], ledger.profit[:, 0])
    np.testing.assert_array_equal(places["dairy"].profit, ledger.profit)
    assert sum(own.profit.sum() for own in products.values()) == pytest.approx(ledger.profit.sum())
    plain = gi.CoreEnv("serial")
    plain.reset(seed=0)
    with pytest.raises(ValueError, match="has not several products"):
        plain.ledger().by_product()


def test_levels_of_joint_orders_and_assemblies_are_optimised():
    shop = {
        "units": "whole",
        "products": ["red", "blue"],
        "nodes": [{"id": "works"}, {"id": "shop", "I0": 6, "h": 1}, {"id": "town"}],
        "edges": [
            {"from": "works", "to": "shop", "L": 0, "p": 0, "g": 0},
            {"from": "shop", "to": "town", "p": 0, "b": 9, "demand_dist": "poisson", "dist_param": {"mu": 2}},
        ],
        "joint": [{"links": ["works -> shop"], "K": 30}],
    }
    env = gi.CoreEnv(config_path=gi._native.Network.from_dict(shop), num_periods=100)
    found = gi.optimize(env, "joint", budget=60, seeds=range(4), held_out=range(10, 14))
    assert found.levels.shape == (2, 3)
    assert found.policy.startswith("joint:")
    assert (np.diff(found.levels) >= 0).all()
    figures = gi.rollout(env, found.policy, seeds=range(10, 14))
    assert figures["total_profit"].mean() == pytest.approx(found.held_out.mean)


def test_one_named_product_is_today_s_network_and_one_environment_plays_as_it_did():
    plain = {
        "nodes": [{"id": "farm"}, {"id": "shop", "I0": 40, "h": 0.1}, {"id": "town"}],
        "edges": [
            {"from": "farm", "to": "shop", "L": 2, "p": 0.5, "g": 0.01},
            {"from": "shop", "to": "town", "p": 2, "b": 1, "demand_dist": "poisson", "dist_param": {"mu": 12}},
        ],
    }
    names = ("action_labels", "observation_labels")
    one, named = (
        gi.CoreEnv(config_path=gi._native.Network.from_dict(declared), num_periods=8)
        for declared in (plain, {"products": ["milk"], **plain})
    )
    assert [getattr(one, name) for name in names] == [getattr(named, name) for name in names]
    assert one.network.reorder_links == named.network.reorder_links
    assert one.network.main_nodes.tolist() == named.network.main_nodes.tolist()
    for env in (one, named):
        env.reset(seed=5)
    for _ in range(8):
        played = [env.step(np.array([14.0])) for env in (one, named)]
        np.testing.assert_array_equal(played[0][0], played[1][0])
        assert played[0][1] == played[1][1]
