// Which trials are on show.
import { isFiltered, NO_FILTER, type Filter } from './filter';
import type { Report } from './contents';
import { Icon } from '../ui/Icon';
import { capitalised, count } from '../text/number';
import { levelRank } from './figures';
import { words } from './words';

interface Props {
  report: Report;
  filter: Filter;
  change: (part: Partial<Filter>) => void;
  kept: number;
  all: number;
}

export function Filters({ report, filter, change, kept, all }: Props) {
  const trials = report.runs.flatMap((run) => run.trials);
  const unique = (values: (string | undefined)[]) => [...new Set(values.filter((value) => value !== undefined))];
  const levels = unique(report.tasks.map((task) => task.difficulty)).sort((a, b) => levelRank(a) - levelRank(b));
  const ends = unique([...trials.map((trial) => trial.ended), ...trials.map((trial) => trial.error?.kind)]);
  const kinds = unique(trials.map((trial) => trial.deviation?.kind)).sort();
  return (
    <form class="panel filters" role="search" aria-label="Filter the trials below" onSubmit={(event) => event.preventDefault()}>
      <label class="field filter-search">
        <span>Task</span>
        <input type="search" value={filter.search} placeholder="Title or id" onInput={(event) => change({ search: event.currentTarget.value })} />
      </label>
      {report.commonTasks !== null && <Choice name="Played by" value={filter.tasks} values={['common']} least={1} choose={(tasks) => change({ tasks })} say={() => 'all runs'} />}
      <Choice name="Difficulty" value={filter.difficulty} values={levels} choose={(difficulty) => change({ difficulty })} />
      <Choice name="Split" value={filter.split} values={unique(report.tasks.map((task) => task.split)).sort()} choose={(split) => change({ split })} />
      <Choice name="Result" value={filter.result} values={['passed', 'failed']} choose={(result) => change({ result })} say={(value) => (value === 'failed' ? 'not passed' : value)} />
      <Choice name="End" value={filter.end} values={ends} choose={(end) => change({ end })} say={words} />
      <Choice name="Deviation" value={filter.deviation} values={kinds} choose={(deviation) => change({ deviation })} say={words} />
      <p class="filter-count">
        <span role="status">{kept === all ? count(all, 'trial') : `${kept} of ${count(all, 'trial')}`}</span>
        <button type="button" class="small" disabled={!isFiltered(filter)} onClick={() => change(NO_FILTER)}>
          <Icon name="cross" /> Clear
        </button>
      </p>
    </form>
  );
}

interface ChoiceProps {
  name: string;
  value: string;
  values: string[];
  choose: (value: string) => void;
  /** With fewer values there is nothing to choose. */
  least?: number;
  say?: (value: string) => string;
}

function Choice({ name, value, values, choose, least = 2, say = (word) => word }: ChoiceProps) {
  // A value of the page's address that no trial has is shown all the same.
  const all = value === '' || values.includes(value) ? values : [...values, value];
  if (all.length < least && value === '') return null;
  return (
    <label class="field">
      <span>{name}</span>
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">Any</option>
        {all.map((word) => (
          <option key={word} value={word}>
            {capitalised(say(word))}
          </option>
        ))}
      </select>
    </label>
  );
}
