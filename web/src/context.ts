// Hands state and commands down to whatever needs them.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Commands, Dispatch } from './commands';
import type { AppState } from './model/store';

export interface AppContext {
  state: AppState;
  dispatch: Dispatch;
  commands: Commands;
}

export const Context = createContext<AppContext | null>(null);

export function useApp(): AppContext {
  const held = useContext(Context);
  if (held === null) throw new Error('used outside the App');
  return held;
}
