// The one field that the chosen action needs.
import { useApp } from '../context';
import { caseFile, knownTitles } from '../model/casefile';
import { artifactIds, lastObservation, type Episode } from '../model/episode';
import { wordCount } from '../model/form';
import { count, idWords } from '../text/number';
import { TextField } from '../ui/TextField';

export function ActionFields({ episode }: { episode: Episode }) {
  const { state, dispatch } = useApp();
  const observation = lastObservation(episode);
  const { form } = state;
  switch (form.type) {
    case 'inspect_artifact': {
      const seen = new Set(observation.collected_evidence);
      const titles = knownTitles(caseFile(episode, episode.steps.length));
      return (
        <fieldset class="choices">
          <legend>Record</legend>
          {artifactIds(observation.workspace_summary).map((id) => (
            <label key={id} class="choice">
              <input type="radio" name="artifact" value={id} checked={form.artifact === id} onChange={() => dispatch({ type: 'form', form: { artifact: id } })} />
              <span>
                {idWords(id)} <span class="quiet choice-title">{titles.get(`artifact:${id}`)}</span>
              </span>
              {seen.has(`artifact:${id}`) && <span class="quiet choice-note">seen</span>}
            </label>
          ))}
          <p class="quiet choices-note">The agent is given these ids alone. A record says what it is once it is open.</p>
        </fieldset>
      );
    }
    case 'search_policy':
      return (
        <TextField label="Policy id, title or topic" type="search" name="query" value={form.query} change={(query) => dispatch({ type: 'form', form: { query } })} />
      );
    case 'draft_reply':
      return (
        <label class="field">
          <span class="field-line">
            Reply to the customer <span class="quiet">{count(wordCount(form.message), 'word')}</span>
          </span>
          <textarea name="message" rows={9} value={form.message} onInput={(event) => dispatch({ type: 'form', form: { message: event.currentTarget.value } })} />
        </label>
      );
    case 'submit_resolution':
      return (
        <fieldset class="choices">
          <legend>Resolution</legend>
          {observation.available_resolution_codes.map((code) => (
            <label key={code} class="choice">
              <input type="radio" name="code" value={code} checked={form.code === code} onChange={() => dispatch({ type: 'form', form: { code } })} />
              <span>{idWords(code)}</span>
            </label>
          ))}
          <p class="quiet choices-note">The agent is given these codes alone. What each is for, the handbook has to tell.</p>
        </fieldset>
      );
    default:
      return null;
  }
}
