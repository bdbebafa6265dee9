import { describe, expect, it } from 'vitest'
import { defineTable, type RowChange, Table } from './table.ts'

interface Pet {
  readonly name: string
  readonly kind: string
  readonly owner?: string
}

const pets = defineTable<Pet>()({
  name: 'pets',
  key: (pet) => pet.name,
  indexes: { byKind: (pet) => pet.kind, byOwner: (pet) => pet.owner, sortedByKind: (pet) => pet.kind },
  sorted: ['sortedByKind'],
  counters: { ofKind: (pet) => (pet.owner === undefined ? undefined : pet.kind) },
})

const aTable = () => {
  const changes: RowChange[] = []
  return { table: new Table(pets, (change) => changes.push(change)), changes }
}

const names = (rows: readonly Pet[]): string[] => rows.map(({ name }) => name)

describe('Table', () => {
  it('finds rows by key and by index, in insertion order', () => {
    const { table } = aTable()
    for (const name of ['c', 'a', 'b']) table.insert({ name, kind: 'cat' })
    table.insert({ name: 'd', kind: 'dog' })
    expect(table.get('a')).toEqual({ name: 'a', kind: 'cat' })
    expect(names(table.find('byKind', 'cat'))).toEqual(['c', 'a', 'b'])
    expect(names([...table.rows()])).toEqual(['c', 'a', 'b', 'd'])
    expect(table.findSize('byKind', 'cat')).toBe(3)
    expect(table.find('byKind', 'fish')).toEqual([])
    expect(table.size).toBe(4)
  })

  it('gives the rows of a sorted index by key, from any key on', () => {
    const { table } = aTable()
    for (const name of ['c', 'a', 'd', 'b']) table.insert({ name, kind: 'cat' })
    expect(names(table.find('sortedByKind', 'cat'))).toEqual(['a', 'b', 'c', 'd'])
    expect(names([...table.iterateAfter('sortedByKind', 'cat', 'b')])).toEqual(['c', 'd'])
    expect([...table.iterateAfter('sortedByKind', 'dog', '')]).toEqual([])
    expect(() => table.iterateAfter('byKind', 'cat', 'b')).toThrow('is not sorted')
  })

  it('leaves rows without a value out of an index and a counter', () => {
    const { table } = aTable()
    table.insert({ name: 'a', kind: 'cat' })
    table.insert({ name: 'b', kind: 'cat', owner: 'me' })
    expect(names(table.find('byOwner', 'me'))).toEqual(['b'])
    expect(table.count('ofKind', 'cat')).toBe(1)
    expect(table.count('ofKind', 'dog')).toBe(0)
  })

  it('moves a row between index values and counters when it changes', () => {
    const { table } = aTable()
    table.insert({ name: 'a', kind: 'cat', owner: 'me' })
    table.update('a', { kind: 'dog' })
    expect(table.find('byKind', 'cat')).toEqual([])
    expect(names(table.find('byKind', 'dog'))).toEqual(['a'])
    expect(table.count('ofKind', 'cat')).toBe(0)
    expect(table.count('ofKind', 'dog')).toBe(1)
  })

  it('removes a member that is patched to undefined', () => {
    const { table } = aTable()
    table.insert({ name: 'a', kind: 'cat', owner: 'me' })
    expect(Object.keys(table.update('a', { owner: undefined }))).toEqual(['name', 'kind'])
    expect(table.findSize('byOwner', 'me')).toBe(0)
  })

  it('never changes a row that someone holds', () => {
    const { table } = aTable()
    const before = table.insert({ name: 'a', kind: 'cat' })
    table.update('a', { kind: 'dog' })
    expect(before).toEqual({ name: 'a', kind: 'cat' })
    expect(Object.isFrozen(before)).toBe(true)
    expect(Object.isFrozen(table.get('a'))).toBe(true)
  })

  it('forgets a removed row everywhere', () => {
    const { table } = aTable()
    table.insert({ name: 'a', kind: 'cat', owner: 'me' })
    table.remove('a')
    table.remove('never was there')
    expect(table.has('a')).toBe(false)
    expect(table.findSize('byKind', 'cat') + table.findSize('byOwner', 'me') + table.count('ofKind', 'cat')).toBe(0)
  })

  it('records every write before it is done', () => {
    const { table, changes } = aTable()
    table.insert({ name: 'a', kind: 'cat' })
    table.put({ name: 'a', kind: 'dog' })
    table.remove('a')
    const cat = { name: 'a', kind: 'cat' }
    const dog = { name: 'a', kind: 'dog' }
    expect(changes).toEqual([
      { table: 'pets', key: 'a', before: undefined, after: cat },
      { table: 'pets', key: 'a', before: cat, after: dog },
      { table: 'pets', key: 'a', before: dog, after: undefined },
    ])
  })

  it('does not write what may not be recorded', () => {
    const table = new Table(pets, () => {
      throw new Error('not now')
    })
    expect(() => table.insert({ name: 'a', kind: 'cat' })).toThrow('not now')
    expect(table.size + table.findSize('byKind', 'cat')).toBe(0)
  })

  it('treats a duplicate insert, an update of nothing and a changed key as bugs', () => {
    const { table } = aTable()
    table.insert({ name: 'a', kind: 'cat' })
    expect(() => table.insert({ name: 'a', kind: 'dog' })).toThrow('pets a exists already')
    expect(() => table.update('b', { kind: 'dog' })).toThrow('pets b does not exist')
    expect(() => table.update('a', { name: 'b' })).toThrow('pets a would change its key')
    expect([...table.rows()]).toEqual([{ name: 'a', kind: 'cat' }])
  })
})
