import { expect, test } from 'vitest';
import { parseCandidates, parsePolicy, parseProse, parseRecordText, parseTicket } from '../src/text/results';

test('a ticket has a head and a message', () => {
  expect(parseTicket('Ticket T-1\nChannel:  email\nSubject: A: b\n\nHello\n\nBye')).toEqual({
    title: 'Ticket T-1',
    fields: [['Channel', 'email'], ['Subject', 'A: b']],
    message: 'Hello\n\nBye',
  });
});

test('a record is titled without its id', () => {
  expect(parseRecordText('Payments (all) for ORD-1 (payment)\n\na: 1').title).toBe('Payments (all) for ORD-1');
});

test('a policy is told from candidates', () => {
  expect(parsePolicy('Policy damaged_items: Damaged: or broken\n\nText')).toEqual({ id: 'damaged_items', title: 'Damaged: or broken', text: 'Text' });
  const nearest = 'No policy has exactly that name. Nearest, search one by its id to read it:\n- a-b: First\n- c: Second: x';
  expect(parsePolicy(nearest)).toBe(null);
  expect(parseCandidates(nearest)).toEqual([{ id: 'a-b', title: 'First' }, { id: 'c', title: 'Second: x' }]);
});

test('prose has paragraphs and lists', () => {
  expect(parseProse('One\nline.\n\n1. a\n2. b\n\n- c\n\n\n1. x\nnot')).toEqual([
    { kind: 'paragraph', text: 'One\nline.' },
    { kind: 'ordered', items: ['a', 'b'] },
    { kind: 'bullets', items: ['c'] },
    { kind: 'paragraph', text: '1. x\nnot' },
  ]);
});
