// The whole episode to take away: as curl, Python, a test case, or a file.
import { useState } from 'preact/hooks';
import { serverBase } from '../api';
import { draftAt, type Episode } from '../model/episode';
import { writeEpisodeFile } from '../model/file';
import { asCurl, asExample, asPython } from '../text/copy';
import { CopyButton } from '../ui/CopyButton';
import { download } from '../ui/download';
import { Icon } from '../ui/Icon';

const FORMS = [
  { id: 'curl', name: 'curl' },
  { id: 'python', name: 'Python' },
  { id: 'example', name: '[[examples]]' },
] as const;

type Form = (typeof FORMS)[number]['id'];

export function CopyAs({ episode }: { episode: Episode }) {
  const [form, setForm] = useState<Form>('curl');
  const text = write(form, episode);
  const stem = `${episode.first.task_id}.episode`;
  return (
    <section class="panel copy-as" aria-labelledby="copy-title">
      <h3 id="copy-title" class="panel-title">
        Take it away
      </h3>
      <fieldset class="segments">
        <legend class="unseen">Form</legend>
        {FORMS.map(({ id, name }) => (
          <label key={id} class="segment">
            <input type="radio" name="copy-form" checked={form === id} onChange={() => setForm(id)} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      {text === null ? (
        <p class="quiet">No reply was drafted, so there is nothing to hold the grader to.</p>
      ) : (
        <pre class="raw" tabIndex={0} aria-label={`The episode as ${form}`}>
          {text}
        </pre>
      )}
      <div class="button-row">
        {text !== null && <CopyButton text={text} />}
        <button type="button" class="small" onClick={() => download(`${stem}.json`, writeEpisodeFile(episode), 'application/json')}>
          <Icon name="down" /> Save the episode
        </button>
      </div>
    </section>
  );
}

function write(form: Form, episode: Episode): string | null {
  if (form === 'curl') return asCurl(episode, serverBase());
  if (form === 'python') return asPython(episode, serverBase());
  return asExample(draftAt(episode, episode.steps.length), episode.explanation?.reply?.explanation ?? null);
}
