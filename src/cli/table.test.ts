import { describe, expect, it } from 'vitest'
import { table } from './table.ts'

describe('table', () => {
  it('aligns text to the left, numbers to the right, and shows what is missing as a dash', () => {
    expect(
      table(
        ['NAME', 'RUNNING'],
        [
          ['default', 3],
          ['b', 12],
        ],
      ),
    ).toBe('NAME     RUNNING\ndefault        3\nb             12\n')
    expect(table(['NAME'], [[undefined]])).toBe('NAME\n-\n')
  })

  it('has a line for each row, whatever names there are', () => {
    expect(table(['NAME'], [['a\nb\u001b[2J']])).toBe('NAME\na\\u000ab\\u001b[2J\n')
  })

  it('is empty without rows', () => {
    expect(table(['NAME'], [])).toBe('')
  })
})
