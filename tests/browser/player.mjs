// A player that is made of the reference solution and of mistakes: `node player.mjs ANSWERS SKILL`. ANSWERS is what
// `run --agent oracle --json` writes; SKILL, from 0 to 1, says how often a step goes right. Equal trials go alike.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [, , answers, skill] = process.argv;
const paths = new Map();
for (const line of readFileSync(answers, 'utf8').split('\n').filter(Boolean)) {
  const { event, task_id, action } = JSON.parse(line);
  if (event === 'reset') paths.set(task_id, []);
  if (event === 'step') paths.get(task_id).push(action);
}

/** Draws from 0 to 1, the same for the same name: FNV-1a and a xorshift. */
function draws(name) {
  let state = 2166136261;
  for (const char of name) state = Math.imul(state ^ char.charCodeAt(0), 16777619);
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function plan({ task_id, seed, repeat }, { difficulty, available_resolution_codes: codes }) {
  const draw = draws(`${skill} ${task_id} ${seed} ${repeat}`);
  const slip = (1 - skill) * { easy: 0.6, medium: 1, hard: 1.5 }[difficulty];
  const slips = () => draw() < slip;
  draw();
  const actions = [];
  for (const action of paths.get(task_id)) {
    if (action.action_type === 'submit_resolution') {
      if (slips()) actions.push({ action_type: 'search_policy', query: 'what to do now' });
      const code = slips() ? codes[Math.floor(draw() * codes.length)] : action.resolution_code;
      actions.push({ action_type: 'submit_resolution', resolution_code: code });
    } else if (action.action_type === 'draft_reply') {
      const sentences = action.message.split(/(?<=[.!?])\s+/);
      actions.push({ action_type: 'draft_reply', message: slips() ? sentences.slice(0, Math.max(1, sentences.length - 1)).join(' ') : action.message });
    } else {
      if (slips()) actions.push({ action_type: 'inspect_artifact', artifact_id: 'notes' });
      if (draw() > slip * 0.7) actions.push(action);
    }
  }
  return actions;
}

let actions = [];
for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  if (said.type === 'reset') actions = plan(said.trial, said.observation);
  if (said.done) break;
  console.log(JSON.stringify(actions.length > 0 ? actions.shift() : { give_up: true }));
}
