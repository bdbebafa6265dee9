import { describe, expect, it } from 'vitest'
import type { DocumentKind } from './document.ts'
import { MalformedPolicy } from './malformed-policy.ts'
import { parsePolicyDocument } from './parse.ts'

/** What is wrong with a document; undefined if nothing is. */
const complaint = (document: unknown, kind: DocumentKind): string | undefined => {
  try {
    parsePolicyDocument(typeof document === 'string' ? document : JSON.stringify(document), kind)
    return undefined
  } catch (error) {
    if (error instanceof MalformedPolicy) return error.message
    throw error
  }
}

const SYNTAX = 'Syntax errors in policy.'
const LEGACY = 'The policy failed legacy parsing'
const VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
const REGEX = 'Resource vendor must be fully qualified and cannot contain regexes.'
const IAM_PATH =
  'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, ' +
  'server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.'

/** A statement of an identity that is in order but for what is given; `undefined` leaves a member out. */
const own = (given: object = {}): object => ({ Effect: 'Allow', Action: 's3:*', Resource: '*', ...given })
const documentOf = (...statements: unknown[]): object => ({ Version: '2012-10-17', Statement: statements })

describe('a document of an identity', () => {
  it.each<readonly [string, unknown, string | undefined]>([
    ['one statement in a list', documentOf(own()), undefined],
    ['one statement without list', { Version: '2012-10-17', Statement: own() }, undefined],
    ['the older version', { Version: '2008-10-17', Statement: own() }, undefined],
    ['no version', { Statement: own() }, undefined],
    ['an id', { Version: '2012-10-17', Id: 'cd3ad3d9', Statement: own() }, undefined],
    ['white space', ` \t\r\n${JSON.stringify(documentOf(own()), undefined, 2)}\n`, undefined],
    ['no text', '', SYNTAX],
    ['no JSON', '{', SYNTAX],
    ['text behind it', `${JSON.stringify(documentOf(own()))}x`, SYNTAX],
    ['a comma too many', '{"Version":"2012-10-17","Statement":[],}', SYNTAX],
    ['a comment', '/* */{"Version":"2012-10-17","Statement":[]}', SYNTAX],
    ['single quotes', "{'Version':'2012-10-17'}", SYNTAX],
    ['a line break in a string', '{"Version":"2012-10-17","Id":"a\nb","Statement":[]}', SYNTAX],
    ['a bad escape', '{"Version":"2012-10-17","Id":"\\x","Statement":[]}', SYNTAX],
    ['a list', [own()], SYNTAX],
    ['a string', '"Allow"', SYNTAX],
    ['null', 'null', SYNTAX],
    ['no statement', { Version: '2012-10-17' }, SYNTAX],
    ['an empty list of statements', documentOf(), SYNTAX],
    ['a statement that is a string', documentOf('Allow'), SYNTAX],
    ['a statement that is null', documentOf(null), SYNTAX],
    ['an unknown version', { Version: '2020-01-01', Statement: own() }, SYNTAX],
    ['a version that is a number', { Version: 2012, Statement: own() }, SYNTAX],
    ['an id that is a number', { Version: '2012-10-17', Id: 1, Statement: own() }, SYNTAX],
    ['an unknown member', { ...documentOf(own()), Statements: [] }, SYNTAX],
    ['a member in lower case', { version: '2012-10-17', Statement: own() }, SYNTAX],
    ['a repeated member', '{"Version":"2012-10-17","Version":"2012-10-17","Statement":{}}', SYNTAX],
    [
      'a repeated member of a statement',
      '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}',
      SYNTAX,
    ],
    [
      'a repeated member, written with an escape',
      '{"Version":"2012-10-17","Statement":{"Effect":"Deny","\\u0045ffect":"Allow","Action":"*","Resource":"*"}}',
      SYNTAX,
    ],
    ['nesting without end', '['.repeat(100_000), SYNTAX],
  ])('with %s', (_, document, expected) => {
    expect(complaint(document, 'identity')).toBe(expected)
  })
})

describe('a statement of an identity', () => {
  it.each<readonly [object, string | undefined]>([
    [{ Sid: 'Read1' }, undefined],
    [{ Sid: '' }, undefined],
    [
      { Sid: 'read one' },
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    ],
    [{ Sid: 1 }, SYNTAX],
    [{ Sid: null }, SYNTAX],
    [{ Effect: 'Deny' }, undefined],
    [{ Effect: 'allow' }, LEGACY],
    [{ Effect: 'DENY' }, LEGACY],
    [{ Effect: 'Permit' }, SYNTAX],
    [{ Effect: undefined }, SYNTAX],
    [{ Effect: ['Allow'] }, SYNTAX],
    [{ Principal: '*' }, 'Policy document should not specify a principal.'],
    [{ NotPrincipal: { AWS: '*' } }, 'Policy document should not specify a principal.'],
    [{ Unknown: 'x' }, SYNTAX],
    [{ action: 's3:*' }, SYNTAX],
    [{ Conditions: {} }, SYNTAX],
    [{ NotAction: 's3:*' }, SYNTAX],
    [{ Action: undefined }, 'Policy statement must contain actions.'],
    [{ Action: [] }, 'Policy statement must contain actions.'],
    [{ Action: undefined, NotAction: 's3:*' }, undefined],
    [{ Action: undefined, NotAction: [] }, 'Policy statement must contain actions.'],
    [{ Action: '*' }, undefined],
    [{ Action: '*:*' }, undefined],
    [{ Action: ['s3:Get*', 'ec2:Describe?'] }, undefined],
    [{ Action: 'GetObject' }, VENDOR],
    [{ Action: '' }, VENDOR],
    [{ Action: '**' }, VENDOR],
    [{ Action: 's3:Get:Object' }, 'Actions/Condition can contain only one colon.'],
    [{ Action: 's*:GetObject' }, 'Vendor s* is not valid'],
    [{ Action: ':GetObject' }, 'Vendor  is not valid'],
    [{ Action: 'a_b:GetObject' }, 'Vendor a_b is not valid'],
    [{ Action: ['s3:GetObject', 'GetObject'] }, VENDOR],
    [{ Action: 5 }, SYNTAX],
    [{ Action: [5] }, SYNTAX],
    [{ Action: [['s3:*']] }, SYNTAX],
    [{ Action: { s3: '*' } }, SYNTAX],
    [{ Action: null }, SYNTAX],
    [{ NotResource: '*' }, SYNTAX],
    [{ Resource: undefined }, 'Policy statement must contain resources.'],
    [{ Resource: [] }, 'Policy statement must contain resources.'],
    [{ Resource: undefined, NotResource: 'arn:aws:s3:::a' }, undefined],
    [{ Resource: 'bucket' }, 'Resource bucket must be in ARN format or "*".'],
    [{ Resource: '' }, 'Resource  must be in ARN format or "*".'],
    [{ Resource: ['*', 'bucket'] }, 'Resource bucket must be in ARN format or "*".'],
    [{ Resource: undefined, NotResource: 'bucket' }, 'Resource bucket must be in ARN format or "*".'],
    [{ Resource: 'arn:aws:s3:::bucket/*' }, undefined],
    [{ Resource: 'arn:aws-cn:s3:::bucket/*' }, undefined],
    [{ Resource: 'arn:aws:sqs' }, undefined],
    [{ Resource: 'arn:aws:sqs:*' }, undefined],
    [{ Resource: 'arn:aws:sqs::' }, LEGACY],
    [{ Resource: 'arn:aws::::x' }, LEGACY],
    [{ Resource: 'arn:aws' }, REGEX],
    [{ Resource: 'arn:aws:*:*:*:*' }, REGEX],
    [{ Resource: 'arn:aws:s?:::x' }, REGEX],
    [{ Resource: 'arn:*:s3:::x' }, 'Partition "*" is not valid for resource "arn:*:s3:::x".'],
    [{ Resource: 'arn:foo:s3:::x:y' }, 'Partition "foo" is not valid for resource "arn:foo:s3:::x:y".'],
    [{ Resource: 'arn:foo' }, 'Partition "foo" is not valid for resource "arn:foo:*:*:*:*".'],
    [{ Resource: 'a:b:c' }, 'Partition "b" is not valid for resource "arn:b:c:*:*:*".'],
    [
      { Resource: 'arn:aws:s3:us-east-1::bucket' },
      'Resource arn:aws:s3:us-east-1::bucket can not contain region information.',
    ],
    [
      { Resource: 'arn:aws:iam:us-east-1:111122223333:user/a' },
      'IAM resource arn:aws:iam:us-east-1:111122223333:user/a cannot contain region information.',
    ],
    [{ Resource: 'arn:aws:iam::111122223333:user/*' }, undefined],
    [{ Resource: 'arn:aws:iam::*:*' }, undefined],
    [{ Resource: 'arn:aws:iam::111122223333:usr/a' }, IAM_PATH],
    [{ Resource: 'arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}' }, undefined],
    [{ Resource: 'arn:aws:iam::${aws:PrincipalAccount}:usr/a' }, IAM_PATH],
    [{ Resource: { arn: '*' } }, SYNTAX],
    [{ Resource: true }, SYNTAX],
  ])('with %j', (given, expected) => {
    expect(complaint(documentOf(own(given)), 'identity')).toBe(expected)
  })
})

describe('Condition', () => {
  it.each<readonly [unknown, string | undefined]>([
    [{}, undefined],
    [{ StringEquals: {} }, undefined],
    [{ StringEquals: { 'aws:username': 'ada' } }, undefined],
    [{ StringEquals: { 'aws:username': ['ada', 'bob'] } }, undefined],
    [{ StringEquals: { 'aws:username': [] } }, undefined],
    [{ StringEquals: { 'aws:username': 5 } }, undefined],
    [{ Bool: { 'aws:SecureTransport': true } }, undefined],
    [{ 'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': 'a*' } }, undefined],
    [{ StringEquals: { 'accounts.google.com:aud': 'x' } }, undefined],
    [[], SYNTAX],
    ['x', SYNTAX],
    [{ StringEquals: 'x' }, SYNTAX],
    [{ StringEquals: { 'aws:username': null } }, SYNTAX],
    [{ StringEquals: { 'aws:username': { a: 1 } } }, SYNTAX],
    [{ StringEquals: { 'aws:username': [['ada']] } }, SYNTAX],
    [{ StringSame: { 'aws:username': 'ada' } }, SYNTAX],
    [{ stringEquals: { 'aws:username': 'ada' } }, SYNTAX],
    [{ IfExists: { 'aws:username': 'ada' } }, SYNTAX],
    [{ 'ForSomeValues:StringEquals': { 'aws:username': 'ada' } }, SYNTAX],
    [{ 'ForAllValues:': { 'aws:username': 'ada' } }, SYNTAX],
    [{ StringEqualsIfExistsIfExists: { 'aws:username': 'ada' } }, SYNTAX],
    [{ NullIfExists: { 'aws:username': 'true' } }, SYNTAX],
    [{ constructor: { 'aws:username': 'ada' } }, SYNTAX],
    [{ StringEquals: { username: 'ada' } }, VENDOR],
    [{ StringEquals: { 'aws:': 'ada' } }, VENDOR],
    [{ StringEquals: { '': 'ada' } }, VENDOR],
    [{ Null: { 'aws:username': 'true' } }, undefined],
    [{ Null: { 'aws:username': 'ada' } }, LEGACY],
    [{ Bool: { 'aws:SecureTransport': 'yes' } }, LEGACY],
    [{ NumericLessThan: { 's3:max-keys': '10' } }, undefined],
    [{ NumericLessThan: { 's3:max-keys': 'ten' } }, LEGACY],
    [{ NumericLessThan: { 's3:max-keys': '${aws:EpochTime}' } }, LEGACY],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-02-28T23:59:59Z' } }, undefined],
    [{ DateLessThan: { 'aws:CurrentTime': 1767225600 } }, undefined],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-02-30' } }, LEGACY],
    [{ DateLessThan: { 'aws:CurrentTime': 'tomorrow' } }, LEGACY],
    [{ DateLessThan: { 'aws:CurrentTime': ['2026-01-01', '2026-13-01'] } }, LEGACY],
    [{ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] } }, undefined],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } }, LEGACY],
    [{ NotIpAddress: { 'aws:SourceIp': '10.0.0' } }, LEGACY],
    [{ BinaryEquals: { 'x:y': 'QUFB' } }, undefined],
    [{ BinaryEquals: { 'x:y': '!' } }, LEGACY],
    [{ ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*' } }, undefined],
  ])('%j', (Condition, expected) => {
    expect(complaint(documentOf(own({ Condition })), 'identity')).toBe(expected)
  })
})

describe('statements that have to do with each other', () => {
  it.each<readonly [DocumentKind, string]>([
    ['identity', 'Statement IDs (SID) in a single policy must be unique.'],
    ['trust', 'The Statement Ids in the policy are not unique'],
  ])('of kind %s have ids of their own', (kind, expected) => {
    const statement = kind === 'trust' ? { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' } : own()
    const [one, two] = [
      { Sid: 'One', ...statement },
      { Sid: 'Two', ...statement },
    ]
    expect(complaint(documentOf(one, one), kind)).toBe(expected)
    expect(complaint(documentOf(one, two), kind)).toBeUndefined()
    expect(complaint(documentOf(statement, statement), kind)).toBeUndefined()
  })
})

describe('a managed policy', () => {
  it('is of the newer version', () => {
    const older = 'Policy document must be version 2012-10-17 or greater.'
    expect(complaint({ Statement: own() }, 'managed')).toBe(older)
    expect(complaint({ Version: '2008-10-17', Statement: own() }, 'managed')).toBe(older)
    expect(complaint(documentOf(own()), 'managed')).toBeUndefined()
  })
})

describe('boundaries and session policies', () => {
  it.each(['boundary', 'session'] as const)('have no principal: %s', (kind) => {
    expect(complaint(documentOf(own()), kind)).toBeUndefined()
    expect(complaint(documentOf(own({ Principal: '*' })), kind)).toBe('Policy document should not specify a principal.')
  })
})

const ACCOUNT = '111122223333'
const wrong = (type: string, name: string): string => `Invalid principal in policy: "${type}":"${name}"`

describe('Principal', () => {
  it.each<readonly [unknown, string | undefined]>([
    ['*', undefined],
    [{ AWS: '*' }, undefined],
    [{ AWS: ACCOUNT }, undefined],
    [{ AWS: [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`] }, undefined],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:user/team/ada@x.y` }, undefined],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS` }, undefined],
    [{ AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/app/session` }, undefined],
    [{ Service: 'ecs-tasks.amazonaws.com' }, undefined],
    [{ Service: ['ec2.amazonaws.com', 'ecs.application-autoscaling.amazonaws.com'] }, undefined],
    [{ Federated: 'accounts.google.com' }, undefined],
    [{ Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/ci.example.com:8443/realms/x` }, undefined],
    [{ AWS: ACCOUNT, Service: 'ec2.amazonaws.com' }, undefined],
    [{ CanonicalUser: '0'.repeat(64) }, undefined],
    [{}, 'Missing required field Principal cannot be empty!'],
    [{ AWS: [] }, 'Missing required field Principal cannot be empty!'],
    [undefined, 'Missing required field Principal'],
    ['ada', 'Invalid principal in policy: "ada"'],
    [['*'], 'Syntax error in policy.'],
    [{ AWS: 5 }, 'Syntax error in policy.'],
    [{ AWS: { a: 'b' } }, 'Syntax error in policy.'],
    [{ aws: '*' }, 'Invalid principal in policy: "aws"'],
    [{ Group: 'x' }, 'Invalid principal in policy: "Group"'],
    [{ AWS: '1111' }, wrong('AWS', '1111')],
    [{ AWS: '' }, wrong('AWS', '')],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:user/*` }, wrong('AWS', `arn:aws:iam::${ACCOUNT}:user/*`)],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:group/devs` }, wrong('AWS', `arn:aws:iam::${ACCOUNT}:group/devs`)],
    [{ AWS: ['*', 'arn:aws:iam::*:root'] }, wrong('AWS', 'arn:aws:iam::*:root')],
    [{ AWS: 'AROAEXAMPLE' }, wrong('AWS', 'AROAEXAMPLE')],
    [{ Service: 'ecs-tasks' }, wrong('SERVICE', 'ecs-tasks')],
    [{ Service: '*' }, wrong('SERVICE', '*')],
    [{ Federated: '*' }, wrong('FEDERATED', '*')],
    [{ CanonicalUser: 'x' }, wrong('CANONICALUSER', 'x')],
  ])('%j', (Principal, expected) => {
    const statement = { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }
    expect(complaint(documentOf(statement), 'resource')).toBe(expected)
  })
})

describe('a policy of a resource', () => {
  const statement = { Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' }
  it.each<readonly [unknown, string | undefined]>([
    [documentOf(statement), undefined],
    [documentOf({ ...statement, Sid: 'Allow the key administrators' }), undefined],
    [documentOf({ ...statement, Resource: undefined }), undefined],
    [documentOf({ ...statement, Principal: undefined, NotPrincipal: { AWS: ACCOUNT } }), undefined],
    [documentOf({ ...statement, NotPrincipal: { AWS: ACCOUNT } }), 'Syntax error in policy.'],
    [
      documentOf({ ...statement, Effect: 'Allow', Principal: undefined, NotPrincipal: { AWS: ACCOUNT } }),
      'Allow with NotPrincipal is not allowed.',
    ],
    [documentOf({ ...statement, Effect: undefined }), 'Missing required field Effect'],
    [documentOf({ ...statement, Effect: 'allow' }), 'Invalid effect: allow'],
    [documentOf({ ...statement, Action: undefined }), 'Missing required field Action'],
    [documentOf({ ...statement, Actions: [] }), 'Unknown field Actions'],
    [documentOf({ ...statement, Condition: { Same: {} } }), 'Syntax error in policy.'],
    [documentOf({ ...statement, Resource: 'key' }), 'Resource key must be in ARN format or "*".'],
    [documentOf(), 'Could not parse the policy: Statement is empty!'],
    [{ Version: '2012-10-17' }, 'Could not parse the policy: Statement is empty!'],
    [{ Version: '2012', Statement: [statement] }, 'The policy must contain a valid version string'],
    ['{', 'This policy contains invalid Json'],
    ['[]', 'Syntax error in policy.'],
  ])('%j', (document, expected) => {
    expect(complaint(document, 'resource')).toBe(expected)
  })
})

describe('a trust policy', () => {
  const statement = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }
  it.each<readonly [object, string | undefined]>([
    [{}, undefined],
    [{ Action: ['sts:AssumeRole', 'sts:TagSession'] }, undefined],
    [{ Principal: { AWS: '*' } }, undefined],
    [{ Effect: 'Deny' }, undefined],
    [{ Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }, undefined],
    [{ Principal: '*' }, 'Principal must be a JSON object.'],
    [{ Principal: undefined }, 'Missing required field Principal'],
    [{ Principal: { CanonicalUser: '0'.repeat(64) } }, 'Invalid principal in policy: "CanonicalUser"'],
    [
      { Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: ACCOUNT } },
      'AssumeRole policy must not contain NotPrincipal field.',
    ],
    [{ Action: undefined }, 'Missing required field Action'],
    [{ Action: '*' }, 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [{ Action: ['sts:AssumeRole', 's3:*'] }, 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [{ Resource: '*' }, 'Has prohibited field Resource'],
    [{ NotResource: '*' }, 'AssumeRole policy must not contain resources.'],
  ])('%j', (given, expected) => {
    expect(complaint(documentOf({ ...statement, ...given }), 'trust')).toBe(expected)
  })
})

describe('a parsed document', () => {
  it('says what the text says, and where', () => {
    const text = `{
  "Version": "2012-10-17", "Id": "all",
  "Statement": [
    { "Sid": "One", "Effect": "Allow", "NotAction": "s3:*", "Resource": ["*"],
      "Condition": { "Bool": { "aws:SecureTransport": true } } }, {"Effect":"Deny","Action":["a:b"],"NotResource":"*"}
  ]
}`
    expect(parsePolicyDocument(text, 'identity')).toEqual({
      version: '2012-10-17',
      id: 'all',
      statements: [
        {
          sid: 'One',
          effect: 'Allow',
          actions: { isNegated: true, patterns: ['s3:*'] },
          resources: { isNegated: false, patterns: ['*'] },
          conditions: [{ operator: 'Bool', key: 'aws:SecureTransport', values: ['true'] }],
          start: { line: 4, column: 5 },
          end: { line: 5, column: 65 },
        },
        {
          effect: 'Deny',
          actions: { isNegated: false, patterns: ['a:b'] },
          resources: { isNegated: true, patterns: ['*'] },
          conditions: [],
          start: { line: 5, column: 67 },
          end: { line: 5, column: 119 },
        },
      ],
    })
  })

  it('says whom it is about', () => {
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: '*', Service: ['ec2.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    }
    const [parsed] = parsePolicyDocument(JSON.stringify(documentOf(statement)), 'trust').statements
    expect(parsed?.principals).toEqual({
      isNegated: false,
      isEveryone: false,
      aws: ['*'],
      service: ['ec2.amazonaws.com'],
      federated: [],
      canonicalUser: [],
    })
  })
})
