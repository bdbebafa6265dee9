import { describe, expect, it } from 'vitest'
import type { Ec2Context } from './context.ts'
import { rowFilter } from './filters.ts'

interface Row {
  readonly name: string
  readonly tags: readonly { readonly key: string; readonly value: string }[]
}

const rows: readonly Row[] = [
  { name: 'a*b', tags: [{ key: 'Stage', value: 'test' }] },
  { name: 'axxb', tags: [] },
  { name: String.raw`a\b`, tags: [{ key: 'Team', value: 'blue' }] },
]

const passing = (Name: string, ...Values: string[]): readonly string[] => {
  const passes = rowFilter<Row>([{ Name, Values }], { name: ({ name }) => name }, {} as Ec2Context)
  return rows.filter(passes).map(({ name }) => name)
}

describe('filters', () => {
  it.each<[string, readonly string[]]>([
    ['a*b', ['a*b', 'axxb', String.raw`a\b`]],
    ['a?b', ['a*b', String.raw`a\b`]],
    [String.raw`a\*b`, ['a*b']],
    [String.raw`a\\b`, [String.raw`a\b`]],
    [String.raw`a\\*`, [String.raw`a\b`]],
    ['A*', []],
    ['', []],
  ])('take wildcards, and what is escaped as it is: %s', (value, names) => {
    expect(passing('name', value)).toEqual(names)
  })

  it('find by the value of a tag', () => {
    expect(passing('tag:Stage', 'te*', 'x')).toEqual(['a*b'])
    expect(passing('tag:Stage')).toEqual([])
  })

  it('take no time for many stars', () => {
    const pattern = `${'*x'.repeat(5000)}*y`
    expect(passing('name', pattern)).toEqual([])
  })

  it('take no time for many backslashes', () => {
    expect(passing('name', '\\'.repeat(500_000))).toEqual([])
  })

  it.each(['colour', 'constructor', 'tags'])('are refused that the operation does not have: %s', (name) => {
    expect(() => passing(name, 'x')).toThrow(`The filter '${name}' is invalid`)
  })
})
