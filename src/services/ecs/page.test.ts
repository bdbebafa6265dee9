import { describe, expect, it } from 'vitest'
import { SeededIds } from '../../kit/ids.ts'
import type { EcsContext } from './context.ts'
import { page } from './page.ts'

const context = (region = 'us-east-1'): EcsContext =>
  ({
    account: '000000000000',
    region,
    pageTokens: {
      seal: (scope: string, position: string) => JSON.stringify([scope, position]),
      open: (scope: string, token: string) => {
        const [sealedScope, position] = JSON.parse(token) as [string, string]
        return sealedScope === scope ? position : undefined
      },
    },
  }) as EcsContext

const same = (key: string): string => key

/** Every page of `items`, put together. */
const walk = (items: readonly string[], maxResults: number, descending = false): string[] => {
  const walked: string[] = []
  let nextToken: string | undefined
  do {
    const next = page(context(), 'list', items, { nextToken, maxResults }, same, { descending })
    walked.push(...next.items)
    nextToken = next.nextToken
  } while (nextToken !== undefined)
  return walked
}

describe('pages', () => {
  it('give every item once and in order, however many there are to choose from', () => {
    const ids = new SeededIds(7)
    const items = Array.from({ length: 1000 }, () => ids.hex32())

    expect(walk(items, 7)).toEqual(items.toSorted())
    expect(walk(items, 100, true)).toEqual(items.toSorted().toReversed())
  })

  it('have no token when nothing is left, and 100 items unless another size is asked for', () => {
    const items = Array.from({ length: 101 }, (_, index) => String(index).padStart(3, '0'))

    expect(page(context(), 'list', items, {}, same).items).toHaveLength(100)
    expect(page(context(), 'list', items.slice(1), {}, same)).not.toHaveProperty('nextToken')
    expect(page(context(), 'list', [], {}, same)).toEqual({ items: [] })
  })

  it('take tokens of the same list only, in the same region', () => {
    const { nextToken } = page(context(), 'list', ['a', 'b'], { maxResults: 1 }, same)
    const open = (scope: string, region: string) => () => page(context(region), scope, ['a', 'b'], { nextToken }, same)

    expect(open('list', 'us-east-1')().items).toEqual(['b'])
    expect(open('other', 'us-east-1')).toThrow(expect.objectContaining({ code: 'InvalidParameterException' }))
    expect(open('list', 'eu-west-1')).toThrow(expect.objectContaining({ code: 'InvalidParameterException' }))
  })

  it.each([0, -1, 101])('have no size of %i', (maxResults) => {
    expect(() => page(context(), 'list', ['a'], { maxResults }, same)).toThrow(
      expect.objectContaining({ code: 'InvalidParameterException' }),
    )
  })
})
