/** What the user has chosen to see, and how keys change it. Pure. */
import type { Sort } from './page.ts'
import type { Key } from './terminal.ts'
import type { UsageKind } from '../../model/usage.ts'

export const KINDS = ['cluster', 'service', 'task', 'instance'] as const satisfies readonly UsageKind[]

export interface TopState {
  readonly by: UsageKind
  readonly sort: Sort
  /** Rows above what is seen. */
  readonly scrolled: number
}

const VIEW_KEYS: Readonly<Record<string, UsageKind>> = { c: 'cluster', s: 'service', t: 'task', i: 'instance' }
const SORT_KEYS: Readonly<Record<string, Sort>> = { p: 'cpu', m: 'memory', n: 'network', a: 'name' }

export const QUIT_KEYS: ReadonlySet<Key> = new Set(['q', 'Q', '\u0003', '\u0004', '\u001b'])

export const HELP = 'q quit  ← → or c s t i view  p cpu  m memory  n network  a name  ↑ ↓ scroll'

/** `rows` are all there are, of which `seen` fit. */
export const afterKey = (state: TopState, key: Key, rows: number, seen: number): TopState => {
  const by = VIEW_KEYS[key.toLowerCase()] ?? turned(state.by, key)
  if (by !== state.by) return { ...state, by, scrolled: 0 }
  const sort = SORT_KEYS[key.toLowerCase()]
  if (sort !== undefined) return { ...state, sort, scrolled: 0 }
  const furthest = Math.max(0, rows - seen)
  const steps: Readonly<Record<string, number>> = {
    up: -1,
    down: 1,
    'page up': -seen,
    'page down': seen,
    home: -Infinity,
    end: Infinity,
  }
  return { ...state, scrolled: Math.min(furthest, Math.max(0, state.scrolled + (steps[key] ?? 0))) }
}

const turned = (by: UsageKind, key: Key): UsageKind => {
  const step = key === 'right' || key === '\t' ? 1 : key === 'left' ? -1 : 0
  return KINDS[(KINDS.indexOf(by) + step + KINDS.length) % KINDS.length] ?? by
}
