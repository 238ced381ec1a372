// The page: a bar with three tabs, and what belongs to each.
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { Author } from './author/Author';
import { commandsFor, storedTheme } from './commands';
import { Context } from './context';
import { LookBack } from './look/LookBack';
import { INITIAL, reduce, type AppState, type Event, type Tab } from './model/store';
import { Play } from './play/Play';
import { shortcutEvents } from './shortcuts';
import { Help } from './ui/Help';
import { TopBar } from './ui/TopBar';

const HASHES: Record<string, Tab> = { '#play': 'play', '#look-back': 'look', '#author': 'author' };

export function App() {
  const held = useRef<AppState>({ ...INITIAL, theme: storedTheme.read(), tab: HASHES[location.hash] ?? 'play' });
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const bound = useMemo(() => {
    const dispatch = (event: Event) => {
      held.current = reduce(held.current, event);
      redraw(undefined);
    };
    return { dispatch, commands: commandsFor(() => held.current, dispatch) };
  }, []);
  const state = held.current;
  const visited = useRef(new Set<Tab>());
  visited.current.add(state.tab);

  useEffect(() => {
    void bound.commands.load();
    bound.commands.follow();
    const onHash = () => {
      const tab = HASHES[location.hash];
      if (tab !== undefined) bound.dispatch({ type: 'tab', tab });
    };
    const onKey = (event: KeyboardEvent) => shortcutEvents(event, held.current, bound);
    window.addEventListener('hashchange', onHash);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('hashchange', onHash);
      window.removeEventListener('keydown', onKey);
    };
  }, []);

  // Each tab is read from its top, however far another was scrolled.
  useLayoutEffect(() => scrollTo(0, 0), [state.tab]);

  useEffect(() => {
    const hash = Object.entries(HASHES).find(([, tab]) => tab === state.tab)?.[0] ?? '#play';
    if (location.hash !== hash && (location.hash !== '' || state.tab !== 'play')) history.replaceState(null, '', hash);
  }, [state.tab]);

  useEffect(() => {
    if (state.theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = state.theme;
    storedTheme.write(state.theme);
  }, [state.theme]);

  useEffect(() => {
    if (state.metadata !== null) document.title = `${state.metadata.name} · playground`;
  }, [state.metadata]);

  return (
    <Context.Provider value={{ state, ...bound }}>
      <TopBar />
      <main id="main">
        <TabPanel tab="play" shown={state.tab}>
          <Play />
        </TabPanel>
        <TabPanel tab="look" shown={state.tab}>
          {visited.current.has('look') && <LookBack />}
        </TabPanel>
        <TabPanel tab="author" shown={state.tab}>
          {visited.current.has('author') && <Author />}
        </TabPanel>
      </main>
      <p class="unseen" role="status" aria-live="polite">
        {state.said.text}
        {state.said.turn % 2 === 1 ? '\u00a0' : ''}
      </p>
      {state.help && <Help />}
    </Context.Provider>
  );
}

function TabPanel({ tab, shown, children }: { tab: Tab; shown: Tab; children: preact.ComponentChildren }) {
  return (
    <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} hidden={tab !== shown}>
      {children}
    </div>
  );
}
