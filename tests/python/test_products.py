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
