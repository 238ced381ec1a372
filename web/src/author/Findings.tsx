// What the linter found, as a list that leads to the places.
import { Ticked } from '../ui/Ticked';
import type { Finding } from './model';

interface Props {
  findings: Finding[];
  busy: boolean;
  checked: boolean;
  show: (finding: Finding) => void;
  fix: (finding: Finding) => void;
}

export function Findings({ findings, busy, checked, show, fix }: Props) {
  return (
    <section class="panel findings" aria-labelledby="findings-title" aria-busy={busy}>
      <h3 id="findings-title" class="panel-title">
        Findings
      </h3>
      {findings.length === 0 && <p class={checked ? 'nothing' : 'quiet'}>{checked ? 'None: the task loads and lints clean.' : 'Checking…'}</p>}
      <ul>
        {findings.map((finding, at) => (
          <li key={at}>
            <div class="finding-head">
              <span class={`tone ${{ error: 'forbidden', warning: 'failed', info: 'denied' }[finding.severity]}`}>{finding.severity}</span>
              <button type="button" class="small" aria-label={`Go to ${finding.file}, line ${finding.start.line}: ${finding.message}`} onClick={() => show(finding)}>
                {finding.file === 'pack.toml' ? 'pack ' : ''}
                {finding.start.line}:{finding.start.column}
              </button>
              {finding.fix !== null && (
                <button type="button" class="small" aria-label={`Fix: ${finding.message}`} onClick={() => fix(finding)}>
                  Fix
                </button>
              )}
              <code>{finding.code}</code>
            </div>
            <p>
              <Ticked text={finding.message} />
            </p>
            {finding.help !== null && (
              <p class="quiet">
                <Ticked text={finding.help} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
