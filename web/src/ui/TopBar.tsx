// The bar at the top: name, tabs, theme, help.
import { useApp } from '../context';
import type { Tab, Theme } from '../model/store';
import { Icon, type IconName } from './Icon';

const TABS: { tab: Tab; name: string }[] = [
  { tab: 'play', name: 'Play' },
  { tab: 'look', name: 'Look back' },
  { tab: 'author', name: 'Author' },
];

const THEMES: { theme: Theme; name: string; icon: IconName }[] = [
  { theme: 'system', name: 'System theme', icon: 'system' },
  { theme: 'light', name: 'Light theme', icon: 'sun' },
  { theme: 'dark', name: 'Dark theme', icon: 'moon' },
];

export function TopBar() {
  const { state, dispatch } = useApp();
  const onKey = (event: KeyboardEvent) => {
    const at = TABS.findIndex(({ tab }) => tab === state.tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = TABS[(to + TABS.length) % TABS.length];
    if (next === undefined) return;
    dispatch({ type: 'tab', tab: next.tab });
    document.getElementById(`tab-${next.tab}`)?.focus();
  };
  const at = THEMES.findIndex(({ theme }) => theme === state.theme);
  const now = THEMES[at];
  const next = THEMES[(at + 1) % THEMES.length];
  return (
    <header class="topbar">
      <a class="skip" href="#main" onClick={(event) => skip(event)}>
        Skip to the content
      </a>
      <h1 class="brand">
        Support Ops{' '}
        {state.metadata !== null && <span class="brand-env">{state.metadata.name}</span>}
      </h1>
      <div class="tabs" role="tablist" aria-label="Playground" onKeyDown={onKey}>
        {TABS.map(({ tab, name }) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`tab-${tab}`}
            aria-controls={`panel-${tab}`}
            aria-selected={tab === state.tab}
            tabIndex={tab === state.tab ? 0 : -1}
            onClick={() => dispatch({ type: 'tab', tab })}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="topbar-end">
        <button
          type="button"
          class="icon-button"
          aria-label={`${now?.name ?? 'Theme'}; change to ${next?.name.toLowerCase() ?? 'another'}`}
          title={now?.name}
          onClick={() => next && dispatch({ type: 'theme', theme: next.theme })}
        >
          <Icon name={now?.icon ?? 'system'} />
        </button>
        <button type="button" class="icon-button" aria-label="Help and shortcuts" title="Help and shortcuts (?)" onClick={() => dispatch({ type: 'help', open: true })}>
          ?
        </button>
      </div>
    </header>
  );
}

function skip(event: MouseEvent): void {
  event.preventDefault();
  const panel = document.querySelector<HTMLElement>('[role=tabpanel]:not([hidden])');
  if (panel === null) return;
  panel.tabIndex = -1;
  panel.focus();
}
