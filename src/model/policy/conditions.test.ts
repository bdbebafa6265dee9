import { describe, expect, it } from 'vitest'
import { conditionTest } from './conditions.ts'

type Values = string | readonly string[]

/** Operator, the policy's values, the request's values if it has the key, whether the condition holds. */
type Row = readonly [operator: string, policy: Values, request: Values | undefined, holds: boolean]

const listOf = (values: Values): readonly string[] => (typeof values === 'string' ? [values] : values)

const holds = (operator: string, policy: Values, request: Values | undefined): boolean => {
  const test = conditionTest({ operator, key: 'Test:Key', values: listOf(policy) }, '2012-10-17')
  const context: Record<string, readonly string[]> = {
    'aws:username': ['ada'],
    'aws:tagkeys': ['a', 'b'],
    ...(request !== undefined && { 'test:key': listOf(request) }),
  }
  return test({ get: (key) => context[key] })
}

const check = (rows: readonly Row[]): void => {
  it.each(rows)('%s %j of %j: %j', (operator, policy, request, expected) => {
    expect(holds(operator, policy, request)).toBe(expected)
  })
}

const EPOCH_2026 = '1767225600'

describe('operators of strings', () => {
  check([
    ['StringEquals', 'web', 'web', true],
    ['StringEquals', 'web', 'Web', false],
    ['StringEquals', 'web', 'webs', false],
    ['StringEquals', '', '', true],
    ['StringEquals', ['web', 'api'], 'api', true],
    ['StringEquals', ['web', 'api'], 'job', false],
    ['StringEquals', [], 'web', false],
    ['StringEquals', 'w*', 'web', false],
    ['StringEquals', 'w*', 'w*', true],
    ['StringEquals', '${aws:username}', 'ada', true],
    ['StringEquals', 'team-${aws:UserName}-1', 'team-ada-1', true],
    ['StringEquals', '${aws:username}', 'bob', false],
    ['StringEquals', '${aws:userid}', 'ada', false],
    ['StringEquals', "${aws:userid, 'none'}", 'none', true],
    ['StringEquals', "${aws:userid,'none'}", 'none', true],
    ['StringEquals', "${aws:username, 'none'}", 'none', false],
    ['StringEquals', "${aws:userid, ''}", '', true],
    ['StringEquals', '${aws:tagkeys}', 'a', false],
    ['StringEquals', '${*}', '*', true],
    ['StringEquals', '${$}{aws:username}', '${aws:username}', true],
    ['StringEquals', '${username}', '${username}', true],
    ['StringEquals', '${aws:username', '${aws:username', true],
    ['StringEquals', ['${aws:userid}', 'web'], 'web', true],
    ['StringNotEquals', 'web', 'api', true],
    ['StringNotEquals', 'web', 'web', false],
    ['StringNotEquals', 'web', 'WEB', true],
    ['StringNotEquals', ['web', 'api'], 'api', false],
    ['StringNotEquals', ['web', 'api'], 'job', true],
    ['StringNotEquals', [], 'web', true],
    ['StringNotEquals', '${aws:username}', 'ada', false],
    ['StringNotEquals', '${aws:userid}', 'ada', true],
    ['StringEqualsIgnoreCase', 'Web', 'wEB', true],
    ['StringEqualsIgnoreCase', 'Web', 'api', false],
    ['StringEqualsIgnoreCase', '${aws:username}', 'ADA', true],
    ['StringNotEqualsIgnoreCase', 'Web', 'wEB', false],
    ['StringNotEqualsIgnoreCase', 'Web', 'api', true],
    ['StringLike', 'w*', 'web', true],
    ['StringLike', 'w*', 'api', false],
    ['StringLike', 'W*', 'web', false],
    ['StringLike', '*', '', true],
    ['StringLike', '?', '', false],
    ['StringLike', 'w?b', 'web', true],
    ['StringLike', 'w?b', 'wb', false],
    ['StringLike', 'w??', 'web', true],
    ['StringLike', '*eb', 'web', true],
    ['StringLike', 'a*b*c', 'a-b-b-c', true],
    ['StringLike', 'a*b*c', 'a-c-b', false],
    ['StringLike', 'ab*bc', 'abc', false],
    ['StringLike', ['x*', 'w*'], 'web', true],
    ['StringLike', '${aws:username}/*', 'ada/file', true],
    ['StringLike', '${aws:username}/*', 'bob/file', false],
    ['StringLike', '${aws:userid}*', 'anything', false],
    ['StringLike', 'a${*}', 'a*', true],
    ['StringLike', 'a${*}', 'ab', false],
    ['StringLike', 'a${?}', 'a?', true],
    ['StringLike', 'a${?}', 'ab', false],
    ['StringNotLike', 'w*', 'web', false],
    ['StringNotLike', 'w*', 'api', true],
    ['StringNotLike', '${aws:userid}*', 'anything', true],
  ])
})

describe('operators of numbers', () => {
  check([
    ['NumericEquals', '10', '10', true],
    ['NumericEquals', '10', '10.0', true],
    ['NumericEquals', '10', '1e1', true],
    ['NumericEquals', '10', '11', false],
    ['NumericEquals', ['1', '2'], '2', true],
    ['NumericEquals', '10', 'ten', false],
    ['NumericEquals', '-0.5', '-.5', true],
    ['NumericEquals', '16', '0x10', false],
    ['NumericEquals', '0', '', false],
    ['NumericNotEquals', '10', '11', true],
    ['NumericNotEquals', '10', '10', false],
    ['NumericNotEquals', ['1', '2'], '2', false],
    ['NumericNotEquals', '10', 'ten', true],
    ['NumericLessThan', '10', '9', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThan', '10', '9.999', true],
    ['NumericLessThan', ['5', '10'], '7', true],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericLessThanEquals', '10', '10.1', false],
    ['NumericGreaterThan', '10', '11', true],
    ['NumericGreaterThan', '10', '10', false],
    ['NumericGreaterThan', '9', '10', true],
    ['NumericGreaterThanEquals', '10', '10', true],
    ['NumericGreaterThanEquals', '10', '9', false],
  ])
})

describe('operators of dates', () => {
  check([
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true],
    ['DateEquals', '2026-01-01T00:00:00Z', EPOCH_2026, true],
    ['DateEquals', EPOCH_2026, '2026-01-01T00:00:00Z', true],
    ['DateEquals', '2026-01-01', '2026-01-01T00:00:00Z', true],
    ['DateEquals', '2026-01', EPOCH_2026, true],
    ['DateEquals', '2026-01-01T01:00:00+01:00', EPOCH_2026, true],
    ['DateEquals', '2025-12-31T19:00-0500', EPOCH_2026, true],
    ['DateEquals', '2026-01-01T00:00:00.500Z', '2026-01-01T00:00:00.5Z', true],
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', false],
    ['DateEquals', '2026-01-01T00:00:00Z', 'yesterday', false],
    ['DateNotEquals', '2026-01-01T00:00:00Z', EPOCH_2026, false],
    ['DateNotEquals', '2026-01-01T00:00:00Z', '2026-01-02', true],
    ['DateLessThan', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', true],
    ['DateLessThan', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', false],
    ['DateLessThanEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true],
    ['DateLessThanEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', false],
    ['DateGreaterThan', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', true],
    ['DateGreaterThan', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', false],
    ['DateGreaterThanEquals', '2026-01-01T00:00:00Z', EPOCH_2026, true],
    ['DateGreaterThanEquals', '2026-01-01T00:00:00Z', '1767225599', false],
  ])
})

describe('Bool, BinaryEquals and Null', () => {
  check([
    ['Bool', 'true', 'true', true],
    ['Bool', 'true', 'false', false],
    ['Bool', 'false', 'false', true],
    ['Bool', 'True', 'TRUE', true],
    ['Bool', ['true', 'false'], 'false', true],
    ['Bool', 'true', 'yes', false],
    ['Bool', 'false', 'no', false],
    ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
    ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ6', false],
    ['BinaryEquals', 'QmluYQ==', 'QmluYQ', true],
    ['BinaryEquals', 'QmluYXJ5', 'not base 64!', false],
    ['Null', 'true', undefined, true],
    ['Null', 'true', 'web', false],
    ['Null', 'true', '', false],
    ['Null', 'true', [], true],
    ['Null', 'false', undefined, false],
    ['Null', 'false', 'web', true],
    ['Null', 'false', [], false],
    ['Null', ['true', 'false'], undefined, true],
    ['Null', ['true', 'false'], 'web', true],
  ])
})

describe('operators of addresses', () => {
  check([
    ['IpAddress', '192.0.2.1', '192.0.2.1', true],
    ['IpAddress', '192.0.2.1/32', '192.0.2.1', true],
    ['IpAddress', '192.0.2.1', '192.0.2.2', false],
    ['IpAddress', '192.0.2.0/24', '192.0.2.255', true],
    ['IpAddress', '192.0.2.0/24', '192.0.3.0', false],
    ['IpAddress', '192.0.2.77/24', '192.0.2.1', true],
    ['IpAddress', '10.0.0.0/9', '10.127.255.255', true],
    ['IpAddress', '10.0.0.0/9', '10.128.0.0', false],
    ['IpAddress', '0.0.0.0/0', '203.0.113.9', true],
    ['IpAddress', '0.0.0.0/0', '2001:db8::1', false],
    ['IpAddress', ['10.0.0.0/8', '192.0.2.0/24'], '192.0.2.9', true],
    ['IpAddress', '2001:db8::/32', '2001:db8:ffff::1', true],
    ['IpAddress', '2001:db8::/32', '2001:db9::1', false],
    ['IpAddress', '2001:db8::1', '2001:0DB8:0:0:0:0:0:1', true],
    ['IpAddress', '2001:db8::/33', '2001:db8:8000::', false],
    ['IpAddress', '::/0', '2001:db8::1', true],
    ['IpAddress', '::/0', '192.0.2.1', false],
    ['IpAddress', '192.0.2.0/24', '::ffff:192.0.2.5', true],
    ['IpAddress', '192.0.2.0/24', '::ffff:c000:205', true],
    ['IpAddress', '::ffff:192.0.2.0/120', '192.0.2.5', true],
    ['IpAddress', '::1', '::1', true],
    ['IpAddress', '192.0.2.0/24', '192.0.2', false],
    ['IpAddress', '192.0.2.0/24', '192.0.2.01', false],
    ['IpAddress', '192.0.2.0/24', '192.0.2.256', false],
    ['IpAddress', '192.0.2.0/24', 'localhost', false],
    ['IpAddress', '192.0.2.0/24', '192.0.0.0/16', false],
    ['IpAddress', '2001:db8::/32', '2001:db8::1::2', false],
    ['IpAddress', '2001:db8::/32', '2001:db8', false],
    ['NotIpAddress', '192.0.2.0/24', '192.0.2.1', false],
    ['NotIpAddress', '192.0.2.0/24', '192.0.3.1', true],
    ['NotIpAddress', ['10.0.0.0/8', '192.0.2.0/24'], '10.1.1.1', false],
    ['NotIpAddress', '192.0.2.0/24', 'nowhere', true],
  ])
})

describe('operators of ARNs', () => {
  const role = 'arn:aws:iam::111122223333:role/team/web'
  check([
    ['ArnEquals', role, role, true],
    ['ArnEquals', role, 'arn:aws:iam::111122223333:role/team/api', false],
    ['ArnEquals', 'arn:aws:iam::111122223333:role/*', role, true],
    ['ArnLike', 'arn:aws:iam::*:role/team/*', role, true],
    ['ArnLike', 'arn:aws:iam::*:role/w?b', role, false],
    ['ArnLike', 'arn:*:iam::1111*:role/*', role, true],
    ['ArnLike', 'arn:aws:iam::*', role, false],
    ['ArnLike', 'arn:aws:*:role/team/web', role, false],
    ['ArnLike', '*', role, true],
    ['ArnLike', '*', 'web', false],
    ['ArnLike', 'arn:aws:logs:*:*:log-group:*', 'arn:aws:logs:us-east-1:111122223333:log-group:/ecs/web:x', true],
    ['ArnLike', 'arn:aws:logs:*:*:log-group', 'arn:aws:logs:us-east-1:111122223333:log-group:/ecs/web', false],
    ['ArnLike', 'arn:aws:iam::111122223333:user/${aws:username}', 'arn:aws:iam::111122223333:user/ada', true],
    ['ArnLike', 'arn:aws:iam::111122223333:user/${aws:userid}', 'arn:aws:iam::111122223333:user/ada', false],
    ['ArnLike', ['arn:aws:sqs:*:*:x', 'arn:aws:iam::*:role/*'], role, true],
    ['ArnNotEquals', role, role, false],
    ['ArnNotEquals', role, 'arn:aws:iam::111122223333:role/team/api', true],
    ['ArnNotLike', 'arn:aws:iam::*:role/*', role, false],
    ['ArnNotLike', 'arn:aws:iam::*:user/*', role, true],
    ['ArnNotLike', 'arn:aws:iam::*:user/*', 'web', true],
  ])
})

/** One value that fits each operator, for what is the same of all. */
const SAMPLES: readonly (readonly [operator: string, opposite: string | undefined, value: string, other: string])[] = [
  ['StringEquals', 'StringNotEquals', 'web', 'api'],
  ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'web', 'api'],
  ['StringLike', 'StringNotLike', 'web', 'api'],
  ['NumericEquals', 'NumericNotEquals', '10', '11'],
  ['NumericLessThan', undefined, '10', '11'],
  ['NumericLessThanEquals', undefined, '10', '11'],
  ['NumericGreaterThan', undefined, '10', '9'],
  ['NumericGreaterThanEquals', undefined, '10', '9'],
  ['DateEquals', 'DateNotEquals', '2026-01-01', '2026-01-02'],
  ['DateLessThan', undefined, '2026-01-01', '2026-01-02'],
  ['DateLessThanEquals', undefined, '2026-01-01', '2026-01-02'],
  ['DateGreaterThan', undefined, '2026-01-01', '2025-01-01'],
  ['DateGreaterThanEquals', undefined, '2026-01-01', '2025-01-01'],
  ['Bool', undefined, 'true', 'false'],
  ['BinaryEquals', undefined, 'QUFB', 'QkJC'],
  ['IpAddress', 'NotIpAddress', '192.0.2.1', '192.0.2.2'],
  ['ArnEquals', 'ArnNotEquals', 'arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/b'],
  ['ArnLike', 'ArnNotLike', 'arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/b'],
]

describe('a key that the request does not have', () => {
  describe('fits nothing but opposites, IfExists and ForAllValues', () => {
    check(
      SAMPLES.flatMap(([operator, opposite, value]): Row[] => [
        [operator, value, undefined, false],
        [operator, value, [], false],
        [`${operator}IfExists`, value, undefined, true],
        [`ForAllValues:${operator}`, value, undefined, true],
        [`ForAllValues:${operator}`, value, [], true],
        [`ForAnyValue:${operator}`, value, undefined, false],
        [`ForAnyValue:${operator}`, value, [], false],
        [`ForAllValues:${operator}IfExists`, value, undefined, true],
        [`ForAnyValue:${operator}IfExists`, value, undefined, true],
        ...(opposite === undefined
          ? []
          : ([
              [opposite, value, undefined, true],
              [`${opposite}IfExists`, value, undefined, true],
              [`ForAllValues:${opposite}`, value, undefined, true],
              [`ForAnyValue:${opposite}`, value, undefined, false],
            ] as const)),
      ]),
    )
  })
})

describe('a key that the request has', () => {
  describe('is compared whether or not it need exist', () => {
    check(
      SAMPLES.flatMap(([operator, opposite, value, other]): Row[] => [
        [`${operator}IfExists`, value, other, false],
        [`ForAnyValue:${operator}IfExists`, value, other, false],
        ...(opposite === undefined
          ? []
          : ([
              [opposite, value, value, false],
              [opposite, value, other, true],
              [`${opposite}IfExists`, value, value, false],
            ] as const)),
      ]),
    )
  })
})

describe('keys of several values', () => {
  check([
    ['ForAllValues:StringEquals', ['a', 'b', 'c'], ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'x'], false],
    ['ForAllValues:StringEquals', ['a', 'b'], 'a', true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['x', 'b'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['x', 'y'], false],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['x', 'y'], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['x', 'a'], false],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'x'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
    ['ForAllValues:StringLike', ['team-*', 'x?'], ['team-1', 'x1'], true],
    ['ForAllValues:StringLike', ['team-*'], ['team-1', 'x'], false],
    ['ForAnyValue:StringLike', ['team-*'], ['x', 'team-1'], true],
    ['ForAnyValue:StringNotLike', ['team-*'], ['team-1', 'team-2'], false],
    ['ForAllValues:NumericLessThan', '10', ['1', '9'], true],
    ['ForAllValues:NumericLessThan', '10', ['1', '10'], false],
    ['ForAnyValue:IpAddress', '10.0.0.0/8', ['192.0.2.1', '10.1.1.1'], true],
    ['ForAllValues:NotIpAddress', '10.0.0.0/8', ['192.0.2.1', '10.1.1.1'], false],
    ['ForAllValues:Bool', 'true', ['true', 'true'], true],
    ['ForAnyValue:ArnLike', 'arn:aws:iam::*:role/*', ['x', 'arn:aws:iam::1:role/a'], true],
    ['ForAllValues:DateLessThan', '2026-01-01', ['2025-01-01', '2027-01-01'], false],
    ['StringEquals', 'a', ['x', 'a'], true],
    ['StringEquals', 'a', ['x', 'y'], false],
    ['StringNotEquals', 'a', ['x', 'a'], false],
    ['StringNotEquals', 'a', ['x', 'y'], true],
  ])
})

describe('a document of the older version', () => {
  it('has no variables', () => {
    const condition = { operator: 'StringEquals', key: 'test:key', values: ['${aws:username}'] }
    const test = conditionTest(condition, '2008-10-17')
    expect(test({ get: () => ['${aws:username}'] })).toBe(true)
    expect(test({ get: () => ['ada'] })).toBe(false)
  })
})

describe('a value that stands for a variable', () => {
  it('is no pattern', () => {
    const condition = { operator: 'StringLike', key: 'test:key', values: ['${aws:username}'] }
    const context = (value: string) => ({ get: (key: string) => [key === 'test:key' ? value : '*'] })
    expect(conditionTest(condition, '2012-10-17')(context('anything'))).toBe(false)
    expect(conditionTest(condition, '2012-10-17')(context('*'))).toBe(true)
  })
})
