// Small drawings; decoration only, so that screen readers pass over them.
const PATHS = {
  ticket: 'M2.5 3.500h11v8h-11z M3 4l5 4.200L13 4',
  record: 'M3.500 2h6l3 3v9h-9z M9.500 2v3h3 M5.500 8h5 M5.500 10.500h5',
  policy: 'M3 2.500h4q1 0 1 1v10q0-1-1-1H3z M13 2.500H9q-1 0-1 1v10q0-1 1-1h4z',
  reply: 'M2.500 3h11v7.500H8L5 13.200v-2.700H2.500z',
  resolve: 'M3 8.500l3.200 3.200L13 4.800',
  check: 'M3 8.500l3.200 3.200L13 4.800',
  cross: 'M4 4l8 8 M12 4l-8 8',
  dot: 'M8 5.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5',
  sun: 'M8 5.200a2.800 2.800 0 1 1 0 5.600a2.800 2.800 0 1 1 0-5.600 M8 1.500v1.500 M8 13v1.500 M1.500 8H3 M13 8h1.500 M3.400 3.400l1 1 M11.600 11.600l1 1 M12.600 3.400l-1 1 M4.400 11.600l-1 1',
  moon: 'M13 9.500A5.500 5.500 0 1 1 6.500 3a4.500 4.500 0 0 0 6.500 6.500z',
  system: 'M2 3h12v8H2z M6 13.500h4 M8 11v2.500',
  back: 'M10 3L5 8l5 5',
  forward: 'M6 3l5 5-5 5',
  first: 'M12 3L7 8l5 5 M4 3v10',
  last: 'M4 3l5 5-5 5 M12 3v10',
  file: 'M3.500 2h6l3 3v9h-9z M9.500 2v3h3',
  down: 'M8 2.500v7.500 M4.500 7L8 10.500L11.500 7 M3 13.500h10',
  search: 'M7 2.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 1 1 0-9 M10.300 10.300l3.200 3.200',
  warning: 'M8 2.500L14 13H2z M8 6.500v3 M8 11.300v.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
