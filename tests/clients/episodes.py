"""How to win the shipped tasks: what a perfect agent does, from the state's required evidence and a table."""

from suite import equal, true

# task id -> (the code to submit, a reply that conveys all it must)
WINNING = {
    "damaged-mug-replacement": (
        "send_replacement",
        "We're sorry your mug arrived damaged. A replacement is on its way at no extra cost.",
    ),
    "duplicate-charge-refund": (
        "refund_duplicate_charge",
        "We confirmed the duplicate charge and issued a refund. You should see it in 3-5 business days.",
    ),
    "account-takeover-fraud": (
        "lock_account_and_escalate_fraud",
        "For your security we have locked your account and escalated this to our fraud team, who will contact you to verify your identity.",
    ),
}
TASKS = tuple(WINNING)

# Exactly the fields of an observation on the wire, `reward` and `done` beside it.
OBSERVATION_FIELDS = {
    "task_id",
    "difficulty",
    "objective",
    "customer_message",
    "workspace_summary",
    "available_actions",
    "available_resolution_codes",
    "collected_evidence",
    "last_tool_result",
    "last_action_error",
    "remaining_steps",
    "current_score",
    "metadata",
}
STATE_FIELDS = {
    "episode_id",
    "step_count",
    "task_id",
    "difficulty",
    "max_steps",
    "current_score",
    "final_score",
    "drafted_reply",
    "resolution_code",
    "required_evidence",
    "collected_evidence",
    "action_history",
    "done",
    "seed",
    "score",
}


def looking_actions(required_evidence):
    """One action for each piece of required evidence."""
    for key in required_evidence:
        kind, _, name = key.partition(":")
        if kind == "ticket":
            yield {"action_type": "review_ticket"}
        elif kind == "artifact":
            yield {"action_type": "inspect_artifact", "artifact_id": name}
        elif kind == "policy":
            yield {"action_type": "search_policy", "query": name}
        else:
            raise AssertionError(f"evidence of no known kind: {key}")


def winning_actions(task_id, required_evidence):
    """Everything a perfect agent does, in order."""
    code, reply = WINNING[task_id]
    yield from looking_actions(required_evidence)
    yield {"action_type": "draft_reply", "message": reply}
    yield {"action_type": "submit_resolution", "resolution_code": code}


def check_won(task_id, result, state, rewards):
    """The last step's result, the state after it, and what each step paid."""
    equal(result.done, True, "done")
    equal(result.reward, 1.0, "the last reward")
    equal(state["final_score"], 1.0, "final_score")
    equal(state["current_score"], 1.0, "current_score")
    equal(state["done"], True, "state.done")
    equal(state["task_id"], task_id, "state.task_id")
    equal(state["resolution_code"], WINNING[task_id][0], "state.resolution_code")
    equal(state["drafted_reply"], WINNING[task_id][1], "state.drafted_reply")
    equal(state["step_count"], len(rewards), "state.step_count")
    equal(len(state["action_history"]), len(rewards), "length of action_history")
    equal(sorted(state["required_evidence"]), sorted(state["collected_evidence"]), "evidence")
    report = state["score"]
    equal(report["score"], 1.0, "score.score")
    equal(report["passed"], True, "score.passed")
    equal(report["zeroed_by"], None, "score.zeroed_by")
    equal([part["criterion"] for part in report["parts"]], ["resolution", "evidence", "reply", "efficiency"], "criteria")
    for reward in rewards:
        true(isinstance(reward, float) and 0.0 <= reward <= 1.0, f"reward {reward!r} is no float in [0, 1]")
