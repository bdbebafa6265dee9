import { describe, expect, it } from 'vitest'
import { overlay } from './overlay.ts'

describe('laying one object over another', () => {
  it('merges objects and replaces lists and values', () => {
    const below = { Labels: { a: '1', b: '2' }, Env: ['A=1'], Tty: false }
    const above = { Labels: { b: '3' }, Env: ['B=2'], Tty: true }
    expect(overlay(below, above)).toEqual({ Labels: { a: '1', b: '3' }, Env: ['B=2'], Tty: true })
  })

  it('takes null for nothing said', () => {
    expect(overlay({ Dns: ['10.0.0.1'] }, { Dns: null })).toEqual({ Dns: ['10.0.0.1'] })
  })
})
