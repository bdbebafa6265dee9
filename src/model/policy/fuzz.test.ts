/** Documents that nobody would write: none of them may break the parser, and none that does not parse may allow anything. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../../test/cpu-time.ts'
import { userCaller } from '../../../test/builders/a-principal.ts'
import { contextKeysOf } from './context-keys.ts'
import type { DocumentKind, PolicyDocument } from './document.ts'
import { evaluate } from './evaluate.ts'
import { MalformedPolicy } from './malformed-policy.ts'
import { parsePolicyDocument } from './parse.ts'
import { preparePolicy } from './prepare.ts'
import type { Outcome } from './types.ts'

const KINDS: readonly DocumentKind[] = ['identity', 'managed', 'resource', 'trust', 'boundary', 'session']
const aKind = fc.constantFrom(...KINDS)

const parsed = (text: string, kind: DocumentKind): PolicyDocument | undefined => {
  try {
    return parsePolicyDocument(text, kind)
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedPolicy)
    expect((error as Error).message).not.toBe('')
    return undefined
  }
}

const REQUESTS = ['ecs:RunTask', 's3:GetObject', 'sts:AssumeRole'].flatMap((action) =>
  ['*', 'arn:aws:s3:::bucket/key', 'arn:aws:ecs:us-east-1:000000000000:task/prod/0123'].map((resource) => ({
    principal: userCaller(),
    action,
    resource,
    context: { 'aws:username': ['ada'], 'aws:tagkeys': ['a', 'b'], 'aws:sourceip': ['192.0.2.1'] },
  })),
)

/** What becomes of requests where the document, if it is one, is the only policy. */
const outcomes = (text: string, kind: DocumentKind): readonly Outcome[] => {
  const document = parsed(text, kind)
  if (document === undefined) return []
  contextKeysOf(document)
  const isOfResource = kind === 'resource' || kind === 'trust'
  const policy = preparePolicy(document, { id: 'p', type: isOfResource ? 'resource' : 'identity' })
  const sources = isOfResource ? { identity: [], resource: policy } : { identity: [policy] }
  const found = REQUESTS.map((request) => evaluate(request, sources).outcome)
  expect(found.includes('allowed') && !saysAllow(text)).toBe(false)
  return found
}

/** Whether a reader of the text would find that it allows anything. */
const saysAllow = (text: string): boolean => {
  const { Statement } = JSON.parse(text) as { Statement: object | object[] }
  return [Statement].flat().some((statement) => 'Effect' in statement && statement.Effect === 'Allow')
}

const VALID = {
  Version: '2012-10-17',
  Id: 'p',
  Statement: [
    {
      Sid: 'One',
      Effect: 'Allow',
      Action: ['ecs:Run*', 's3:GetObject'],
      Resource: ['arn:aws:s3:::bucket/${aws:username}/*', '*'],
      Condition: {
        'ForAnyValue:StringLike': { 'aws:TagKeys': ['a*'] },
        IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
        DateGreaterThanIfExists: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' },
        ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' },
        Null: { 'aws:TokenIssueTime': true },
      },
    },
    { Effect: 'Deny', NotAction: 'iam:*', NotResource: 'arn:aws:ecs:*:*:task/prod/*' },
  ],
}

const TRUST = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: '000000000000', Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
  },
}

const MEMBERS = ['Version', 'Statement', 'Effect', 'Action', 'NotAction', 'Resource', 'Principal', 'Condition', 'Sid']
const OPERATORS = ['StringLike', 'ForAnyValue:Bool', 'NumericEquals', 'IpAddress', 'DateEquals', 'BinaryEquals', 'Null']
const WORDS = [
  'Allow',
  'Deny',
  '*',
  'ecs:*',
  '2012-10-17',
  'arn:aws:s3:::b',
  '${aws:username}',
  "${a:b, 'c'}",
  '${',
  'AWS',
  '::/0',
]

const anyJson = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...WORDS),
    fc.string(),
    fc.integer(),
    fc.constantFrom(true, false, null),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...MEMBERS, ...OPERATORS, 'aws:username', '__proto__'), fc.string()),
      tie('node'),
      {
        maxKeys: 5,
      },
    ),
  ),
})).node

/** The value with one place in it replaced, removed or doubled. */
const mutate = (value: unknown, path: readonly number[], by: unknown): unknown => {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return by
  if (Array.isArray(value)) {
    const index = step % (value.length + 1)
    return value.toSpliced(index, 1, mutate(value[index], rest, by))
  }
  const entries = Object.entries(value)
  const [name, member] = entries[step % Math.max(1, entries.length)] ?? ['x', undefined]
  return { ...value, [name]: mutate(member, rest, by) }
}

describe('a document', () => {
  it('of any text is read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json()), aKind, (text, kind) => {
        outcomes(text, kind)
      }),
      { numRuns: 1000 },
    )
  })

  it('of any JSON is read or refused', () => {
    fc.assert(
      fc.property(anyJson, aKind, (value, kind) => {
        outcomes(JSON.stringify(value), kind)
      }),
      { numRuns: 1000 },
    )
  })

  it('of any JSON in the place of a statement is read or refused', () => {
    const aStatement = fc.record(
      {
        Effect: fc.constantFrom('Allow', 'Deny'),
        Principal: fc.oneof(fc.constant('*'), anyJson),
        Action: fc.oneof(fc.constant('*'), anyJson),
        Resource: fc.oneof(fc.constant('*'), anyJson),
        Condition: fc.dictionary(
          fc.constantFrom(...OPERATORS),
          fc.dictionary(
            fc.string().map((key) => `k:${key}`),
            anyJson,
          ),
        ),
      },
      { requiredKeys: ['Effect'] },
    )
    fc.assert(
      fc.property(fc.array(aStatement, { maxLength: 3 }), aKind, (Statement, kind) => {
        outcomes(JSON.stringify({ Version: '2012-10-17', Statement }), kind)
      }),
      { numRuns: 1000 },
    )
  })

  it('that was valid before a member was changed is read or refused', () => {
    const aPath = fc.array(fc.nat(6), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.constantFrom(VALID, TRUST), aPath, anyJson, aKind, (valid, path, by, kind) => {
        outcomes(JSON.stringify(mutate(valid, path, by)), kind)
      }),
      { numRuns: 3000 },
    )
  })

  it('that was valid before characters were changed is read or refused', () => {
    const texts = [VALID, TRUST].map((valid) => JSON.stringify(valid))
    const aCharacter = fc.constantFrom(
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '*',
      '?',
      '$',
      '\n',
      '\u0000',
      'é',
      '\ud800',
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat(3),
        aCharacter,
        aKind,
        (text, place, length, by, kind) => {
          const at = place % text.length
          outcomes(text.slice(0, at) + by + text.slice(at + length), kind)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('is cut off nowhere without being refused', () => {
    const text = JSON.stringify(VALID)
    for (let length = 0; length < text.length; length++)
      expect(parsed(text.slice(0, length), 'identity')).toBeUndefined()
  })

  it('reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const value = JSON.parse(text) as unknown
        const wrapped = { Version: '2012-10-17', Id: JSON.stringify(value), Statement: VALID.Statement }
        expect(parsePolicyDocument(JSON.stringify(wrapped, undefined, 1), 'identity').id).toBe(wrapped.Id)
      }),
    )
  })
})

describe('a document made to cost time', () => {
  const timed = (statement: object): number => {
    return cpuMs(() => void outcomes(JSON.stringify({ Version: '2012-10-17', Statement: statement }), 'identity'))
  }

  it.each<readonly [string, object]>([
    ['stars in a resource', { Resource: `arn:aws:s3:::${'*a'.repeat(30_000)}` }],
    ['stars in an action', { Action: `s3:${'*?'.repeat(30_000)}` }],
    ['open braces', { Resource: `arn:aws:s3:::${'${a:'.repeat(25_000)}` }],
    ['variables', { Resource: `arn:aws:s3:::${'${aws:username}'.repeat(8000)}` }],
    ['one condition with many values', { Condition: { StringLike: { 'aws:username': Array(20_000).fill('*a') } } }],
    ['text before a variable', { Resource: `arn:aws:s3:::${'a'.repeat(1_000_000)}\${aws:username}` }],
    ['colons', { Resource: `arn:aws:s3:${':'.repeat(100_000)}` }],
    ['a long principal', { Principal: { Service: 'a-'.repeat(50_000) } }],
  ])('does not, by %s', (_, given) => {
    expect(timed({ Effect: 'Allow', Action: '*', Resource: '*', ...given })).toBeLessThan(2000)
  })

  it('does not, by many statements on many lines', () => {
    const Statement = Array(1500).fill({ Effect: 'Allow', Action: 's3:*', Resource: '*' }) as object[]
    const text = JSON.stringify({ Version: '2012-10-17', Statement }, undefined, 1).replaceAll('\n', '\n\n\n')
    const used = cpuMs(() => {
      expect(parsed(text, 'identity')?.statements).toHaveLength(1500)
    })
    expect(used).toBeLessThan(2000)
  })
})
