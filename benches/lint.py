"""Checks packs of 1,000, 2,000 and 10,000 generated tasks beside taplo and check-jsonschema, and prints CPU seconds.

    cargo build --release --bin support-ops --example floor
    python3 -m venv venv && venv/bin/pip install taplo check-jsonschema
    PATH=$PWD/venv/bin:$PATH python3 benches/lint.py

Every figure is the median of the user and system seconds of whole processes, as the operating system accounts for them.
`--corpus DIR` only writes a corpus.
"""

import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMES = ["Dana Whitfield", "Sam Okafor", "Mei Lindqvist", "Priya Raman", "Jonas Weber", "Aoife Byrne", "Tomás Vidal"]
ITEMS = ["Cast iron skillet", "Linen apron", "Pepper mill", "Enamel kettle", "Bread knife", "Tea towel", "Salad bowl"]
PLACES = ["Boston, MA", "Austin, TX", "Portland, OR", "Chicago, IL"]
COMPLAINTS = [
    "My card shows two payments of {amount} for order {order}. I placed one order and got one confirmation.",
    "I ordered the {item} once, yet my bank says that {amount} was collected twice for {order}.",
    "Two charges, one {item}. Please look at {order} and tell me where my {amount} went.",
]


def task(number, rng):
    """A task of about 85 lines, like the shipped ones."""
    name, item, place = rng.choice(NAMES), rng.choice(ITEMS), rng.choice(PLACES)
    order, price, day = f"ORD-{10000 + number}", rng.randrange(900, 19900) / 100, rng.randrange(1, 28)
    mail = name.lower().replace(" ", ".").replace("á", "a") + "@example.com"
    amount = f"${price:.2f}"
    complaint = rng.choice(COMPLAINTS).format(amount=amount, order=order, item=item.lower())
    difficulty = rng.choice(["easy", "medium", "hard"])
    split = rng.choice(["train", "validation", "test"])
    minute = rng.randrange(10, 60)
    return f'''#:schema task.schema.json
schema_version = 1
id = "charge-{number}-{rng.randrange(16**6):06x}"
title = "Two payments for order {order}"
difficulty = "{difficulty}"
split = "{split}"
objective = "Investigate a billing complaint and put it right."
workspace_summary = "Order {order}, one shipment, card ending {rng.randrange(1000, 9999)}."
max_steps = {rng.randrange(8, 13)}
tags = ["billing", "generated"]

[ticket]
id = "T-{20000 + number}"
channel = "{rng.choice(["email", "chat", "phone", "web"])}"
opened_at = 2026-03-{day:02}T18:{minute}:00Z
customer = "{name}"
subject = "Charged twice for one order"
message = """
Hi there,

{complaint}

Thanks,
{name}
"""

[[artifacts]]
id = "order"
title = "Order {order}"
[artifacts.record]
order_id = "{order}"
status = "shipped"
placed_at = 2026-03-{day:02}T10:02:08Z
lines = [{{ item = "{item}", quantity = 1, unit_price = {price:.2f}, line_total = {price:.2f} }}]
total = {price:.2f}
[artifacts.record.customer]
name = "{name}"
email = "{mail}"

[[artifacts]]
id = "payment"
title = "Payments for order {order}"
[artifacts.record]
order_id = "{order}"
captures = [
  {{ id = "cap_1", amount = {price:.2f}, at = 2026-03-{day:02}T10:02:11Z, status = "settled" }},
  {{ id = "cap_2", amount = {price:.2f}, at = 2026-03-{day:02}T10:02:14Z, status = "settled" }},
]
refund_posting_time = "3-5 business days"

[[artifacts]]
id = "account"
title = "Account of {name}"
distractor = true
[artifacts.record]
customer_id = "CUS-{30000 + number}"
member_since = 2021-11-04
orders_in_last_year = {rng.randrange(1, 30)}
last_sign_in = {{ at = 2026-03-{day:02}T09:58:01Z, place = "{place}" }}

[evidence]
required = ["ticket", "artifact:order", "artifact:payment", "policy:duplicate_charge"]

[resolution]
expected = "refund_duplicate_charge"
harmful = ["lock_account_and_escalate_fraud"]

[reply]
min_words = 8
max_words = 220

[[reply.keywords]]
id = "refund"
any_of = ["refund", "reimburse", "credit back"]

[[reply.keywords]]
id = "amount"
money = {{ from = "payment.captures[1].amount" }}

[oracle]
reply = "We confirmed the duplicate charge of {amount} on order {order} and issued a refund, within 3-5 business days."
'''


def write_corpus(folder, count, seed=1):
    """A pack of so many tasks, with the schemas beside them; the same bytes for the same seed."""
    folder.mkdir(parents=True)
    rng = random.Random(seed)
    manifest = (ROOT / "tasks" / "pack.toml").read_text()
    (folder / "pack.toml").write_text(manifest.replace("../schemas/", ""))
    for schema in (ROOT / "schemas").glob("*.schema.json"):
        shutil.copy(schema, folder)
    for number in range(count):
        (folder / f"task-{number:05}.toml").write_text(task(number, rng))


def run(command):
    """User and system seconds, wall seconds and peak MiB of a process."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"{command[:3]} exits {child.returncode}")
    return used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss / 1024


def compare(other, ours, runs):
    """The medians of another command, and how often its CPU and wall seconds hold ours: each run of it stands between two
    of ours, so that a machine whose speed drifts slows both alike."""
    run(ours), run(other)
    found, ratios, before = [], [], run(ours)
    for _ in range(runs):
        figures, after = run(other), run(ours)
        found.append(figures)
        ratios.append([2 * figures[at] / (before[at] + after[at]) for at in range(2)])
        before = after
    return medians(found), medians(ratios)


def medians(rows):
    return tuple(statistics.median(column) for column in zip(*rows))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--corpus", type=pathlib.Path, help="write a corpus into this folder, and nothing else")
    arguments.add_argument("--tasks", type=int, default=2000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--binary", default=str(ROOT / "target" / "release" / "support-ops"))
    given = arguments.parse_args()
    if given.corpus:
        write_corpus(given.corpus, given.tasks)
        return
    with tempfile.TemporaryDirectory() as scratch:
        packs = {count: pathlib.Path(scratch) / str(count) for count in (1000, 2000, 10000)}
        for count, folder in packs.items():
            write_corpus(folder, count)
        ours = lambda path: [given.binary, "lint", str(path)]
        if subprocess.run(ours(packs[1000]), stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit("the corpus is not clean")
        one = pathlib.Path(scratch) / "one"
        write_corpus(one, 1)
        rows = {f"support-ops lint, {count:,} tasks": (count, ours(packs[count])) for count in packs}
        floor = pathlib.Path(given.binary).parent / "examples" / "floor"
        for count in (2000, 10000):
            files = sorted(str(path) for path in packs[count].glob("task-*.toml"))
            schema = packs[count] / "task.schema.json"
            if floor.exists():
                rows[f"toml and jsonschema alone, {count:,}"] = (count, [str(floor), str(schema), *files])
            if shutil.which("taplo"):
                rows[f"taplo check, {count:,} tasks"] = (count, ["taplo", "check", "--schema", f"file://{schema}", *files])
            if shutil.which("check-jsonschema"):
                rows[f"check-jsonschema, {count:,} tasks"] = (count, ["check-jsonschema", "--schemafile", str(schema), *files])
        print(f"{'':34} {'CPU s':>8} {'wall s':>8} {'MiB':>6} {'x our CPU':>10} {'x our wall':>10}")
        for name, (count, command) in rows.items():
            (cpu, wall, memory), ratios = compare(command, ours(packs[count]), given.runs)
            print(f"{name:34} {cpu:8.3f} {wall:8.3f} {memory:6.0f} {ratios[0]:10.2f} {ratios[1]:10.2f}")
        cpu, wall, memory = medians([run(ours(one / "task-00000.toml")) for _ in range(21)])
        print(f"{'support-ops lint, one file':34} {cpu:8.3f} {wall:8.3f} {memory:6.0f}")
        (growth, _) = compare(ours(packs[10000]), ours(packs[1000]), given.runs)[1]
        print(f"10,000 tasks cost {growth:.1f} times 1,000")


if __name__ == "__main__":
    main()
