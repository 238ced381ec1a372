// Where the focus goes, once what was dispatched is drawn.

export function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

/** The field of the chosen action; an action without one is only carried out. */
export function focusActionField(): void {
  requestAnimationFrame(() => {
    const find = (selector: string) => document.querySelector<HTMLElement>(`.actions ${selector}`);
    (find('.choices :checked') ?? find(':is(.choices, .field) :is(input, textarea)') ?? find('#step'))?.focus();
  });
}

/** Back to choosing the action, where no field takes what is typed; on a phone the page stays where it is. */
export function focusActionKinds(): void {
  document.querySelector<HTMLElement>('.actions .kinds :checked')?.focus({ preventScroll: true });
}
