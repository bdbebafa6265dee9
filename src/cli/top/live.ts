/** The table as it lives: asked for again and again, drawn anew when something has come or a key was pressed. */
import type { Clock } from '../../kit/clock.ts'
import { HISTORY_MINUTES } from './columns.ts'
import { cut, type Page, pageOf, styled } from './page.ts'
import { afterKey, HELP, QUIT_KEYS, type TopState } from './state.ts'
import type { Key, Terminal } from './terminal.ts'
import type { ClusterUsage, UsageHistory, UsageKind } from '../../model/usage.ts'

export interface LiveOptions {
  readonly terminal: Terminal
  readonly clock: Clock
  readonly intervalMs: number
  readonly hasColours: boolean
  readonly ask: (by: UsageKind, historyMinutes: number) => Promise<readonly ClusterUsage[]>
  /** What to say of an error that may go away; undefined of one that will not. */
  readonly passing: (error: unknown) => string | undefined
}

const MINUTE_MS = 60_000

export class Live {
  readonly #options: LiveOptions
  #state: TopState
  #usages: readonly ClusterUsage[] | undefined
  #complaint = ''
  /** Of the view that is shown, by name, as of a minute: it is asked for once in a minute. */
  #history = new Map<string, UsageHistory>()
  #historyOf = ''
  #wake: () => void = () => {}
  #isOver = false

  constructor(options: LiveOptions, state: TopState) {
    this.#options = options
    this.#state = state
  }

  /** Resolves when the user has had enough; rejects with an error that will not go away. */
  async run(): Promise<void> {
    const { terminal, clock, intervalMs } = this.#options
    terminal.open({ pressed: (key) => this.#pressed(key), resized: () => this.#draw() })
    try {
      while (!this.#isOver) {
        await Promise.race([this.#ask(), this.#woken()])
        this.#draw()
        if (!this.#isOver) await Promise.race([clock.sleep(intervalMs), this.#woken()])
      }
    } finally {
      terminal.close()
    }
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async #ask(): Promise<void> {
    const { ask, passing, clock } = this.#options
    const { by } = this.#state
    const wanted = `${by} ${Math.floor(clock.now() / MINUTE_MS)}`
    try {
      const usages = await ask(by, wanted === this.#historyOf ? 0 : HISTORY_MINUTES)
      if (this.#state.by !== by) return
      if (wanted !== this.#historyOf) this.#keepHistory(usages, wanted)
      this.#usages = usages.map((usage) => ({
        ...usage,
        rows: usage.rows.map((row) => ({ ...row, ...this.#past(row.name) })),
      }))
      this.#complaint = ''
    } catch (error) {
      const complaint = passing(error)
      if (complaint === undefined) throw error
      this.#complaint = complaint
    }
  }

  #keepHistory(usages: readonly ClusterUsage[], of: string): void {
    this.#historyOf = of
    this.#history = new Map(
      usages.flatMap(({ rows }) =>
        rows.flatMap(({ name, history }) => (history === undefined ? [] : [[name, history]])),
      ),
    )
  }

  #past(name: string): { readonly history?: UsageHistory } {
    const history = this.#history.get(name)
    return history === undefined ? {} : { history }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #pressed(key: Key): void {
    if (QUIT_KEYS.has(key)) return this.end()
    const { by } = this.#state
    const page = this.#page()
    this.#state = afterKey(this.#state, key, page?.rows.length ?? 0, this.#room(page))
    if (this.#state.by !== by) {
      this.#usages = undefined
      this.#historyOf = ''
      this.#wake()
    }
    this.#draw()
  }

  #page(): Page | undefined {
    const { terminal, hasColours } = this.#options
    return this.#usages && pageOf(this.#usages, { ...this.#state, width: terminal.columns, hasColours })
  }

  /** Lines for rows. */
  #room(page: Page | undefined): number {
    const others = (page?.head.length ?? 0) + (page?.notes.length ?? 0) + FRAME_LINES
    return Math.max(1, this.#options.terminal.rows - others)
  }

  #draw(): void {
    const { terminal, hasColours } = this.#options
    const page = this.#page()
    const { by, sort } = this.#state
    const room = this.#room(page)
    const furthest = Math.max(0, (page?.rows.length ?? 0) - room)
    const from = Math.min(this.#state.scrolled, furthest)
    const unseen = furthest === 0 ? '' : `, rows ${from + 1} to ${from + room} of ${page?.rows.length}`
    const status = this.#complaint || `by ${by}, sorted by ${sort}${unseen}`
    const style = this.#complaint === '' ? 'dim' : 'red'
    const rows = page?.rows.slice(from, from + room) ?? []
    terminal.show([
      ...(page?.head ?? []),
      styled(cut(status, terminal.columns), style, hasColours),
      page?.titles ?? '',
      ...rows,
      ...Array.from({ length: Math.max(0, room - rows.length) }, () => ''),
      ...(page?.notes ?? []).map((note) => styled(note, 'yellow', hasColours)),
      styled(cut(HELP, terminal.columns), 'dim', hasColours),
    ])
  }
}

/** The status, the titles and the help. */
const FRAME_LINES = 3
