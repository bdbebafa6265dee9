import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { checkedConditions, describeCondition } from './conditions.ts'

const refusal = (conditions: RuleCondition[], type: 'application' | 'network' = 'application'): string | undefined => {
  try {
    checkedConditions(conditions, type)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', Values })
const path = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', Values })
const header = (HttpHeaderName: string, ...Values: string[]): RuleCondition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
})

describe('conditions', () => {
  it('are stored in one form, and described in both', () => {
    const legacy = checkedConditions([path('/a/*')], 'application')
    const config = checkedConditions(
      [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/a/*'] } }],
      'application',
    )
    expect(legacy).toEqual(config)
    expect(describeCondition(legacy[0]!)).toEqual({
      Field: 'path-pattern',
      Values: ['/a/*'],
      PathPatternConfig: { Values: ['/a/*'] },
    })
  })

  it('with regular expressions are described in both forms, too', () => {
    const [checked] = checkedConditions([{ Field: 'host-header', RegexValues: ['^a'] }], 'application')
    expect(describeCondition(checked!)).toEqual({
      Field: 'host-header',
      RegexValues: ['^a'],
      HostHeaderConfig: { RegexValues: ['^a'] },
    })
  })

  it.each<[string, RuleCondition[]]>([
    ['names and wildcards', [host('*.Example-1.com')]],
    ['paths', [path(`/a_b-c.$/~"'@:+&*?`)]],
    ['several of headers and query strings', [header('A', 'x'), header('A', 'y'), header('B', 'z')]],
    ['ranges of addresses', [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8', '2001:db8::/32'] } }]],
    ['values without keys', [{ Field: 'query-string', QueryStringConfig: { Values: [{ Value: 'a' }] } }]],
    ['escaped wildcards', [{ Field: 'query-string', QueryStringConfig: { Values: [{ Value: '\\*'.repeat(9) }] } }]],
  ])('take %s', (_, conditions) => expect(refusal(conditions)).toBeUndefined())

  it.each<[RuleCondition[], string]>([
    [[], 'A condition must be specified'],
    [[{ Field: 'color' }], "Condition field 'color' must be one of '[host-header,"],
    [[path()], 'A condition value must be specified'],
    [[path('')], 'cannot be empty'],
    [[path('/'.repeat(129))], "cannot be longer than '128' characters"],
    [[path('/a b')], "Condition value '/a b' contains a character that is not valid"],
    [[path('/a\nb')], 'contains a character that is not valid'],
    [[host('localhost')], "must contain at least one '.'"],
    [[host('a.b1')], 'contains a character that is not valid'],
    [[host('a_b.com')], 'contains a character that is not valid'],
    [[host('a.com'), host('b.com')], "A rule can only have one 'host-header' condition"],
    [[path('a', 'b', 'c'), header('A', 'd', 'e', 'f')], "A rule can only have '5' condition values"],
    [[path('/*/*/*'), host('*.*.*')], "A rule can only have '5' condition wildcards"],
    [[header('Host', 'a')], "HTTP header name 'host' is not valid"],
    [[header('a:b', 'a')], "HTTP header name 'a:b' contains a character that is not valid"],
    [[header('a'.repeat(41), 'a')], "cannot be longer than '40' characters"],
    [[header('A', 'b\r\nc')], 'contains a character that is not valid'],
    [[{ Field: 'http-header', Values: ['a'] }], 'needs its values in HttpHeaderConfig'],
    [[{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['get'] } }], 'not valid'],
    [[{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.1'] } }], 'is not a valid CIDR block'],
    [[{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.1/33'] } }], 'is not a valid CIDR block'],
    [[{ Field: 'source-ip', SourceIpConfig: { IpAddressType: 'ipv4' } }], 'Network Load Balancers only'],
    [[{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'a' }] } }], 'A condition value must be specified'],
    [[{ Field: 'path-pattern', RegexValues: ['(?=a)'] }], "Regular expression '(?=a)' is not valid."],
    [[{ Field: 'path-pattern', RegexValues: ['(a)\\1'] }], 'is not valid.'],
    [[{ Field: 'query-string', RegexValues: ['a'] }], 'does not support regular expressions'],
    [
      [{ ...path('/a'), PathPatternConfig: { Values: ['/b'] } }],
      'You cannot specify both Values and PathPatternConfig',
    ],
    [[{ Field: 'path-pattern', PathPatternConfig: { Values: ['/a'], RegexValues: ['b'] } }], 'Values and RegexValues'],
    [[{ ...path('/a'), HostHeaderConfig: { Values: ['a.b'] } }], 'HostHeaderConfig cannot be used'],
  ])('%j are refused', (conditions, message) => expect(refusal(conditions)).toContain(message))

  it('of Network Load Balancers tell IPv4 from IPv6, and nothing else', () => {
    expect(refusal([{ Field: 'source-ip', SourceIpConfig: { IpAddressType: 'ipv6' } }], 'network')).toBeUndefined()
    expect(refusal([path('/a')], 'network')).toContain('is not supported by Network Load Balancers')
    expect(refusal([{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }], 'network')).toContain('CIDR')
  })
})
