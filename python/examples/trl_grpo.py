"""GRPO on Support Ops with TRL: `environment_factory` gives every rollout an environment whose methods are the tools.

    support-ops serve &
    python trl_grpo.py --model Qwen/Qwen3-0.6B     # a model that calls tools
    python trl_grpo.py --steps 2                   # a tiny one made here, to see the wheels turn without a GPU

The environment owns the reward: the episode's score. An episode that a rollout leaves unfinished is worth its
score so far.
"""

from __future__ import annotations

import argparse
import json

import torch
from datasets import Dataset
from support_ops_env import SupportOpsEnv, SyncSupportOpsEnv, ToolUseAction, ToolUseObservation
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM
from trl import GRPOConfig, GRPOTrainer
from trl.chat_template_utils import qwen3_chat_template

URL = "http://localhost:8000"
PROMPT = (
    "You are a customer-support agent. Review the ticket, inspect the records, search for the policy that applies, "
    "draft a reply to the customer, then submit one resolution code. Call one tool at a time.\n\n"
)


class SupportOps:
    """One episode at a time; every public method but `reset` and `get_reward` is a tool of the model's."""

    def __init__(self) -> None:
        """Opens a session, which `reset` uses again and again."""
        self._env: SyncSupportOpsEnv = SupportOpsEnv(base_url=URL).sync()
        self._env.connect()
        self._done = True
        self._score = 0.0

    def reset(self, task_id: str, **_: object) -> str:
        """Begins an episode of the row's task; what it returns ends the prompt."""
        seen = self._env.reset(task_id=task_id).observation
        self._done, self._score = False, 0.0
        codes = ", ".join(seen.available_resolution_codes)
        return f"{seen.objective}\n{seen.workspace_summary}\nResolution codes: {codes}\n\n{seen.customer_message}"

    def get_reward(self) -> float:
        """The episode's score in [0, 1]."""
        return self._score

    def review_ticket(self) -> str:
        """Shows the whole ticket."""
        return self._step(ToolUseAction(action_type="review_ticket"))

    def inspect_artifact(self, artifact_id: str) -> str:
        """Shows one internal record.

        Args:
            artifact_id: One of the artifacts that are listed.
        """
        return self._step(ToolUseAction(action_type="inspect_artifact", artifact_id=artifact_id))

    def search_policy(self, query: str) -> str:
        """Looks up an operating rule.

        Args:
            query: A policy's id or title, or words to look for.
        """
        return self._step(ToolUseAction(action_type="search_policy", query=query))

    def draft_reply(self, message: str) -> str:
        """Saves the reply to the customer; the last one counts.

        Args:
            message: The reply.
        """
        return self._step(ToolUseAction(action_type="draft_reply", message=message))

    def submit_resolution(self, resolution_code: str) -> str:
        """Ends the case.

        Args:
            resolution_code: One of the resolution codes that are listed.
        """
        return self._step(ToolUseAction(action_type="submit_resolution", resolution_code=resolution_code))

    def _step(self, action: ToolUseAction) -> str:
        if self._done:
            return "The case is closed."
        result = self._env.step(action)
        seen = result.observation
        self._done = result.done
        self._score = (result.reward if result.done else seen.current_score) or 0.0
        return seen.last_action_error or seen.last_tool_result or "Done."


def tiny_model(tasks: list[ToolUseObservation]) -> tuple[Qwen2ForCausalLM, PreTrainedTokenizerFast]:
    """A model of some thousand random weights whose tokens are whole tool calls, so that even chance plays episodes.

    It learns nothing that is worth keeping: it shows that prompts, tools, rewards and gradients reach one another.
    """
    artifacts = {name for seen in tasks for name in seen.workspace_summary.rpartition("Artifacts: ")[2].split(", ")}
    codes = {code for seen in tasks for code in seen.available_resolution_codes}
    # Two ways to end are enough: with all of them chance would end most episodes before it has seen anything.
    calls: list[tuple[str, dict[str, str]]] = [
        ("review_ticket", {}),
        *[("inspect_artifact", {"artifact_id": name}) for name in sorted(artifacts)],
        *[("search_policy", {"query": seen.objective}) for seen in tasks],
        *[("submit_resolution", {"resolution_code": code}) for code in sorted(codes)[:2]],
    ]
    spelled = [
        "<tool_call>\n" + json.dumps({"name": name, "arguments": arguments}) + "\n</tool_call>"
        for name, arguments in calls
    ]
    words = ["<unk>", "<pad>", "<|im_start|>", "<|im_end|>", *spelled]
    core = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, unk_token="<unk>", pad_token="<pad>", eos_token="<|im_end|>", padding_side="left"
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    tokenizer.add_tokens(spelled)
    tokenizer.chat_template = qwen3_chat_template
    torch.manual_seed(7)
    size = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = Qwen2Config(
        **size,
        num_key_value_heads=2,
        vocab_size=len(tokenizer),
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = Qwen2ForCausalLM(config)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model, tokenizer


def main() -> None:
    """Trains."""
    global URL
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=URL)
    parser.add_argument("--model", help="a model that calls tools; without it a tiny one is made")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--output", default="outputs/trl")
    arguments = parser.parse_args()
    URL = arguments.url

    with SupportOpsEnv(base_url=URL).sync() as env:
        tasks = [env.reset(task_id=task.id).observation for task in env.list_tasks()]
    rows = [{"prompt": [{"role": "user", "content": PROMPT}], "task_id": task.task_id} for task in tasks]
    model, tokenizer = (arguments.model, None) if arguments.model else tiny_model(tasks)
    tiny = arguments.model is None
    trainer = GRPOTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=Dataset.from_list(rows),
        environment_factory=SupportOps,
        args=GRPOConfig(
            output_dir=arguments.output,
            max_steps=arguments.steps,
            per_device_train_batch_size=4,
            num_generations=4,
            # Room for the records that come back as well as for what is said about them.
            max_completion_length=512 if tiny else 4096,
            max_tool_calling_iterations=12,
            learning_rate=1e-3 if tiny else 1e-6,
            use_cpu=not torch.cuda.is_available(),
            bf16=torch.cuda.is_available(),
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            seed=7,
        ),
    )
    trainer.train()
    for entry in trainer.state.log_history:
        if "reward" in entry:
            print(json.dumps({name: entry[name] for name in ("step", "reward", "reward_std", "loss") if name in entry}))


if __name__ == "__main__":
    main()
