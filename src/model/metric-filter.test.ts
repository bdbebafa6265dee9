import { describe, expect, it } from 'vitest'
import { InvalidFilterPattern } from './filter-pattern/invalid-filter-pattern.ts'
import { prepareMetricFilter } from './metric-filter.ts'

const aDefinition = (given: object = {}) => ({
  pattern: '{ $.ms > 0 }',
  metricValue: '$.ms',
  dimensions: {},
  systemDimensions: [],
  account: '123456789012',
  region: 'us-east-1',
  ...given,
})

describe('a metric filter', () => {
  it('takes the value that it refers to, or its own', () => {
    const referring = prepareMetricFilter(aDefinition())
    expect(referring.matches('{"ms": 5}')).toBe(true)
    expect(referring.sample('{"ms": 5}')).toEqual({ value: 5, dimensions: [] })
    expect(prepareMetricFilter(aDefinition({ pattern: 'ERROR', metricValue: '2.5' })).sample('ERROR')?.value).toBe(2.5)
    const words = prepareMetricFilter(aDefinition({ pattern: '[ip, size]', metricValue: '$size' }))
    expect(words.sample('10.0.0.1 1e3')?.value).toBe(1000)
  })

  it.each(['{"ms": "fast"}', '{"ms": true}', '{}', 'no JSON'])('has no value in %s', (message) => {
    expect(prepareMetricFilter(aDefinition({ pattern: '{ $.ms = * }' })).sample(message)).toBeUndefined()
  })

  it('takes dimensions, which are one line each and not too long', () => {
    const dimensions = { Path: '$.path', Code: '$.code' }
    const { sample } = prepareMetricFilter(
      aDefinition({ dimensions, systemDimensions: ['@aws.region', '@aws.account'] }),
    )
    const system = [
      { name: '@aws.account', value: '123456789012' },
      { name: '@aws.region', value: 'us-east-1' },
    ]
    const of = (path: string) => sample(JSON.stringify({ ms: 1, code: 200, path }))?.dimensions
    expect(of(' /a ')).toEqual([...system, { name: 'Code', value: '200' }, { name: 'Path', value: '/a' }])
    expect(of('x'.repeat(300))?.at(-1)?.value).toHaveLength(255)
    expect([of(''), of('a\nb')]).toEqual([undefined, undefined])
    expect(sample('{"ms": 1, "code": 200}')).toBeUndefined()
  })

  it.each([
    ['a pattern that makes no sense', { pattern: '{' }],
    ['a value that is no number', { metricValue: 'many' }],
    ['a reference to nothing', { metricValue: '$' }],
    ['a reference into terms', { pattern: 'ERROR' }],
    ['a dimension of nothing', { pattern: '[a]', metricValue: '1', dimensions: { B: '$b' } }],
  ])('is none with %s', (_what, given) => {
    expect(() => prepareMetricFilter(aDefinition(given))).toThrow(InvalidFilterPattern)
  })
})
