import { describe, expect, it } from 'vitest'
import { afterKey, HELP, type TopState } from './state.ts'
import { keysOf } from './terminal.ts'

const state: TopState = { by: 'service', sort: 'cpu', scrolled: 0 }
const after = (keys: string, from: TopState = state): TopState =>
  keysOf(keys).reduce((now, key) => afterKey(now, key, 10, 4), from)

describe('keys', () => {
  it('are told apart, however many come at once', () => {
    expect(keysOf('q\u001B[A\u001BOB\u001B[5~x\u0003')).toEqual(['q', 'up', 'down', 'page up', 'x', '\u0003'])
    expect(keysOf('\u001B')).toEqual(['\u001B'])
  })

  it('choose the view by letter, or the one beside', () => {
    expect([after('t').by, after('I').by, after('\u001B[C').by, after('\u001B[D\u001B[D').by]).toEqual([
      'task',
      'instance',
      'task',
      'instance',
    ])
  })

  it('choose the order', () => {
    expect([after('m').sort, after('n').sort, after('a').sort, after('ap').sort]).toEqual([
      'memory',
      'network',
      'name',
      'cpu',
    ])
  })

  it('scroll as far as there are rows, and another view begins at the top', () => {
    expect(after('\u001B[B\u001B[B').scrolled).toBe(2)
    expect(after('\u001B[A').scrolled).toBe(0)
    expect(after('\u001B[6~\u001B[6~\u001B[6~').scrolled).toBe(6)
    expect(after('\u001B[F').scrolled).toBe(6)
    expect(after('\u001B[F\u001B[H').scrolled).toBe(0)
    expect(after('t', { ...state, scrolled: 3 }).scrolled).toBe(0)
  })

  it('that mean nothing change nothing', () => {
    expect(after('xyz ')).toEqual(state)
  })

  it('are explained in 80 columns', () => {
    expect(HELP.length).toBeLessThanOrEqual(80)
  })
})
