/** What one statement is about: actions, resources, principals, variables and conditions, as tables. */
import { describe, expect, it } from 'vitest'
import { aPolicy, allowing } from '../../../test/builders/a-policy.ts'
import { rootCaller, sessionCaller, userCaller } from '../../../test/builders/a-principal.ts'
import { aRole, aUser } from '../../../test/builders/a-role.ts'
import { evaluate } from './evaluate.ts'
import { parsePolicyDocument } from './parse.ts'
import { preparePolicy } from './prepare.ts'
import type { AccessRequest, ContextValues, Requester } from './types.ts'

const ACCOUNT = '000000000000'
const USER = userCaller(aUser({ userName: 'ada' }))

const isAllowedBy = (statement: object, asked: Partial<AccessRequest> = {}): boolean => {
  const request = { principal: USER, action: 'ecs:RunTask', resource: '*', context: {}, ...asked }
  return evaluate(request, { identity: [aPolicy('identity', statement)] }).outcome === 'allowed'
}

type Values = string | readonly string[]

describe('Action', () => {
  it.each<readonly [Values, string, boolean]>([
    ['ecs:RunTask', 'ecs:RunTask', true],
    ['ecs:runtask', 'ecs:RunTask', true],
    ['ECS:RUNTASK', 'ecs:RunTask', true],
    ['ecs:RunTask', 'ecs:runTASK', true],
    ['ecs:RunTask', 'ecs:StopTask', false],
    ['ecs:RunTask', 'ecs:RunTasks', false],
    ['ecs:RunTask', 'ec2:RunTask', false],
    ['*', 'ecs:RunTask', true],
    ['*:*', 'ecs:RunTask', true],
    ['*:RunTask', 'ecs:RunTask', true],
    ['*:RunTask', 'ecs:StopTask', false],
    ['ecs:*', 'ecs:RunTask', true],
    ['ecs:*', 'ecr:GetAuthorizationToken', false],
    ['ecs:Run*', 'ecs:RunTask', true],
    ['ecs:*Task', 'ecs:RunTask', true],
    ['ecs:*Task', 'ecs:ListTasks', false],
    ['ecs:R?nTask', 'ecs:RunTask', true],
    ['ecs:R?nTask', 'ecs:RnTask', false],
    ['ecs:*un*as*', 'ecs:RunTask', true],
    ['ecs:', 'ecs:RunTask', false],
    [['s3:*', 'ecs:RunTask'], 'ecs:RunTask', true],
    [['s3:*', 'ecs:List*'], 'ecs:RunTask', false],
    [['ecs:RunTask', 'ecs:Run*', 'ecs:RunTask'], 'ecs:RunTask', true],
  ])('%j and %s: %j', (Action, action, expected) => {
    expect(isAllowedBy(allowing({ Action }), { action })).toBe(expected)
  })
})

describe('NotAction', () => {
  it.each<readonly [Values, string, boolean]>([
    ['ecs:RunTask', 'ecs:StopTask', true],
    ['ecs:RunTask', 'ecs:RunTask', false],
    ['ecs:RUN*', 'ecs:RunTask', false],
    ['ecs:Run*', 's3:GetObject', true],
    ['iam:*', 'ecs:RunTask', true],
    ['iam:*', 'iam:PassRole', false],
    [['iam:*', 'sts:*'], 'sts:AssumeRole', false],
    [['iam:*', 'sts:*'], 'ecs:RunTask', true],
    ['*', 'ecs:RunTask', false],
  ])('%j and %s: %j', (NotAction, action, expected) => {
    expect(isAllowedBy({ Effect: 'Allow', NotAction, Resource: '*' }, { action })).toBe(expected)
  })
})

const TASK = `arn:aws:ecs:us-east-1:${ACCOUNT}:task/prod/0123`

describe('Resource', () => {
  it.each<readonly [Values, string, boolean]>([
    ['*', TASK, true],
    ['*', '*', true],
    [TASK, TASK, true],
    [TASK, '*', false],
    [TASK, TASK.toUpperCase(), false],
    ['arn:aws:ecs:*:*:task/*', TASK, true],
    ['arn:aws:ecs:*:*:task/*', '*', false],
    [`arn:aws:ecs:us-east-1:${ACCOUNT}:task/prod/*`, TASK, true],
    [`arn:aws:ecs:us-east-1:${ACCOUNT}:task/test/*`, TASK, false],
    [`arn:aws:ecs:us-east-1:${ACCOUNT}:task/*`, TASK, true],
    [`arn:aws:ecs:us-east-1:${ACCOUNT}:t*`, TASK, true],
    ['arn:aws:ecs:us-east-?:*:task/*', TASK, true],
    ['arn:aws:ecs:eu-*:*:task/*', TASK, false],
    ['arn:aws:ecs:*/prod/*', TASK, false],
    ['arn:aws:ecs:*0123', TASK, false],
    ['arn:aws:ecs:*', TASK, true],
    ['arn:aws:ecs', TASK, true],
    ['arn:aws:ecs:us-east-1', TASK, true],
    ['arn:aws:ecs:us-west-2', TASK, false],
    ['arn:aws:ecr', TASK, false],
    [`arn:aws:ecs:us-east-1:${ACCOUNT}:task/????/????`, TASK, true],
    [`arn:aws:ecs:us-east-1:${ACCOUNT}:task/?????/????`, TASK, false],
    [['arn:aws:s3:::*', 'arn:aws:ecs:*:*:task/*'], TASK, true],
    [['arn:aws:s3:::*', 'arn:aws:ecs:*:*:service/*'], TASK, false],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/a/b:c', true],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket', false],
    ['arn:aws:s3:::bucket*', 'arn:aws:s3:::bucket', true],
    ['arn:aws:logs:*:*:log-group:/ecs/*', `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/ecs/web:log-stream:x`, true],
  ])('%j and %s: %j', (Resource, resource, expected) => {
    expect(isAllowedBy(allowing({ Resource }), { resource })).toBe(expected)
  })
})

describe('NotResource', () => {
  it.each<readonly [Values, string, boolean]>([
    [TASK, TASK, false],
    [TASK, '*', true],
    [TASK, 'arn:aws:s3:::bucket', true],
    ['arn:aws:ecs:*:*:task/*', TASK, false],
    ['arn:aws:ecs:*:*:service/*', TASK, true],
    [['arn:aws:ecs:*:*:service/*', 'arn:aws:ecs:*:*:task/*'], TASK, false],
    ['*', TASK, false],
  ])('%j and %s: %j', (NotResource, resource, expected) => {
    expect(isAllowedBy({ Effect: 'Allow', Action: '*', NotResource }, { resource })).toBe(expected)
  })
})

describe('a variable in Resource', () => {
  const context: ContextValues = {
    'aws:username': ['ada'],
    'aws:principaltag/team': ['web'],
    'aws:tagkeys': ['a', 'b'],
    'aws:sourceip': ['*'],
    'saml:sub': ['x:y/z'],
  }
  it.each([
    ['home/${aws:username}/*', 'home/ada/file', true],
    ['home/${aws:UserName}/*', 'home/ada/file', true],
    ['home/${ aws:username }/*', 'home/ada/file', true],
    ['home/${aws:username}/*', 'home/bob/file', false],
    ['${aws:PrincipalTag/Team}/${aws:username}', 'web/ada', true],
    ['${aws:PrincipalTag/Team}/${aws:username}', 'web/bob', false],
    ['${aws:PrincipalTag/Stage}/*', 'test/x', false],
    ["${aws:PrincipalTag/Stage, 'test'}/*", 'test/x', true],
    ["${aws:PrincipalTag/Team, 'test'}/*", 'test/x', false],
    ['${aws:userid}*', '', false],
    ['*${aws:userid}', '${aws:userid}', false],
    ['${aws:TagKeys}', 'a', false],
    ['${aws:SourceIp}', 'anything', false],
    ['${aws:SourceIp}', '*', true],
    ['${saml:sub}', 'x:y/z', true],
    ['a${*}', 'a*', true],
    ['a${*}', 'ab', false],
    ['a${?}c', 'a?c', true],
    ['a${?}c', 'abc', false],
    ['${$}x', '$x', true],
    ['${nothing}', '${nothing}', true],
    ['${}', '${}', true],
  ])('%s and %s: %j', (pattern, name, expected) => {
    const statement = allowing({ Resource: `arn:aws:s3:::${pattern}` })
    expect(isAllowedBy(statement, { resource: `arn:aws:s3:::${name}`, context })).toBe(expected)
  })

  it('is text in a document of the older version', () => {
    const document = { Version: '2008-10-17', Statement: allowing({ Resource: 'arn:aws:s3:::${aws:username}' }) }
    const policy = preparePolicy(parsePolicyDocument(JSON.stringify(document), 'identity'), {
      id: 'old',
      type: 'identity',
    })
    const decide = (name: string) =>
      evaluate(
        { principal: USER, action: 's3:GetObject', resource: `arn:aws:s3:::${name}`, context },
        { identity: [policy] },
      ).outcome
    expect([decide('ada'), decide('${aws:username}')]).toEqual(['implicitDeny', 'allowed'])
  })

  it('does not keep other resources of the statement from matching', () => {
    const statement = allowing({ Resource: ['arn:aws:s3:::${aws:userid}', 'arn:aws:s3:::shared'] })
    expect(isAllowedBy(statement, { resource: 'arn:aws:s3:::shared' })).toBe(true)
  })

  it('without value allows nothing, and denies everything, by NotResource', () => {
    const NotResource = 'arn:aws:s3:::${aws:userid}'
    const asked = { principal: USER, action: 's3:GetObject', resource: 'arn:aws:s3:::x', context: {} }
    const decide = (...statements: object[]) =>
      evaluate(asked, { identity: [aPolicy('identity', ...statements)] }).outcome
    expect(decide({ Effect: 'Allow', Action: '*', NotResource })).toBe('implicitDeny')
    expect(decide(allowing(), { Effect: 'Deny', Action: '*', NotResource })).toBe('explicitDeny')
  })

  it('is text in Action', () => {
    expect(isAllowedBy(allowing({ Action: 's3:${*}' }), { action: 's3:*' })).toBe(false)
  })
})

describe('conditions of a statement', () => {
  const context: ContextValues = { 'aws:username': ['ada'], 'ecs:cluster': ['prod'] }
  it.each<readonly [object, boolean]>([
    [{}, true],
    [{ StringEquals: {} }, true],
    [{ StringEquals: { 'aws:username': 'ada' } }, true],
    [{ StringEquals: { 'AWS:UserName': 'ada' } }, true],
    [{ StringEquals: { 'aws:username': 'ada', 'ecs:cluster': 'prod' } }, true],
    [{ StringEquals: { 'aws:username': 'ada', 'ecs:cluster': 'test' } }, false],
    [{ StringEquals: { 'aws:username': 'ada' }, StringLike: { 'ecs:cluster': 'p*' } }, true],
    [{ StringEquals: { 'aws:username': 'ada' }, StringLike: { 'ecs:cluster': 't*' } }, false],
    [{ StringEquals: { 'aws:username': ['bob', 'ada'] } }, true],
    [{ StringNotEquals: { 'aws:username': ['bob', 'ada'] } }, false],
    [{ StringNotEquals: { 'aws:username': ['bob', 'eve'] } }, true],
    [{ Null: { 'aws:tokenissuetime': true } }, true],
    [{ Bool: { 'aws:securetransport': true } }, false],
    [{ BoolIfExists: { 'aws:securetransport': true } }, true],
    [{ NumericLessThan: { 'aws:multifactorauthage': 300 } }, false],
    [{ NumericLessThanIfExists: { 'aws:multifactorauthage': 300 } }, true],
    [{ 'ForAllValues:StringEquals': { 'aws:tagkeys': ['a'] } }, true],
    [{ 'ForAllValues:StringEquals': { 'aws:tagkeys': ['a'] }, Null: { 'aws:tagkeys': 'false' } }, false],
  ])('%j: %j', (Condition, expected) => {
    expect(isAllowedBy(allowing({ Condition }), { context })).toBe(expected)
  })

  it('ask for the account of the resource', () => {
    const statement = allowing({ Condition: { StringEquals: { 'aws:ResourceAccount': '${aws:PrincipalAccount}' } } })
    const principalAccount = { 'aws:principalaccount': [ACCOUNT] }
    expect(isAllowedBy(statement, { resource: TASK, context: principalAccount })).toBe(true)
    expect(isAllowedBy(statement, { resource: TASK, context: { 'aws:principalaccount': ['1'] } })).toBe(false)
    expect(isAllowedBy(statement, { resource: 'arn:aws:s3:::x', context: principalAccount })).toBe(false)
  })

  it('ask for what the call itself is where the request says nothing of it', () => {
    const statement = allowing({ Condition: { StringEquals: { 'aws:username': 'ada' } } })
    const globals = { get: (key: string) => (key === 'aws:username' ? ['ada'] : undefined) }
    expect(isAllowedBy(statement, { globals })).toBe(true)
    expect(isAllowedBy(statement, { globals, context: { 'aws:username': ['bob'] } })).toBe(false)
  })
})

const ROLE = aRole({ roleName: 'app' })
const SESSION = sessionCaller(ROLE, { sessionName: 's1' })
const ROOT = rootCaller()
const FEDERATED_USER = {
  ...USER,
  arn: `arn:aws:sts::${ACCOUNT}:federated-user/eve`,
  session: { issuerArn: USER.arn, issuedAt: 0, expiresAt: 1 },
}
const OF_ROOT = { ...FEDERATED_USER, session: { ...FEDERATED_USER.session, issuerArn: ROOT.arn } }
const ECS_TASKS = { service: 'ecs-tasks.amazonaws.com' }
const OIDC = { federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/ci.example.com` }
const ROOT_ARN = `arn:aws:iam::${ACCOUNT}:root`
const USER_ID = 'AIDAEXAMPLEEXAMPLE123'
const ROLE_ID = 'AROAEXAMPLEEXAMPLE123'
const OTHER_ROOT = 'arn:aws:iam::999999999999:root'

/** Whether a policy of a resource in another account lets the principal in, whose own policies allow everything. */
const isNamed = (element: object, principal: Requester, effect: 'Allow' | 'Deny'): boolean => {
  const statement = { ...element, Effect: effect, Action: '*', Resource: '*' }
  const silent = allowing({ Principal: '*', Action: 'sqs:*' })
  const resource = aPolicy('resource', statement, silent)
  const sources = { identity: [aPolicy('identity', allowing())], resource, isCrossAccount: effect === 'Allow' }
  const { outcome } = evaluate({ principal, action: 'ecs:RunTask', resource: '*', context: {} }, sources)
  return outcome === (effect === 'Allow' ? 'allowed' : 'explicitDeny')
}

describe('Principal', () => {
  it.each<readonly [unknown, string, Requester, boolean]>([
    ['*', 'a user', USER, true],
    ['*', 'a session', SESSION, true],
    ['*', 'the root user', ROOT, true],
    [{ AWS: '*' }, 'a user', USER, true],
    [{ AWS: '*' }, 'a session', SESSION, true],
    [{ AWS: ACCOUNT }, 'a user', USER, true],
    [{ AWS: ACCOUNT }, 'a session', SESSION, true],
    [{ AWS: ACCOUNT }, 'the root user', ROOT, true],
    [{ AWS: ROOT_ARN }, 'a user', USER, true],
    [{ AWS: ROOT_ARN }, 'a session', SESSION, true],
    [{ AWS: OTHER_ROOT }, 'a user', USER, false],
    [{ AWS: '999999999999' }, 'a session', SESSION, false],
    [{ AWS: USER.arn }, 'the user', USER, true],
    [{ AWS: USER.arn }, 'a session', SESSION, false],
    [{ AWS: `${USER.arn}x` }, 'another user', USER, false],
    [{ AWS: ROLE.arn }, 'its session', SESSION, true],
    [{ AWS: `${ROLE.arn}2` }, "another role's session", SESSION, false],
    [{ AWS: SESSION.arn }, 'the session', SESSION, true],
    [{ AWS: `${SESSION.arn}2` }, 'another session', SESSION, false],
    [{ AWS: [OTHER_ROOT, USER.arn] }, 'the user', USER, true],
    [{ AWS: USER_ID }, 'the user', { ...USER, userId: USER_ID }, true],
    [{ AWS: USER_ID }, 'another user of the name', { ...USER, userId: `${USER_ID}2` }, false],
    [{ AWS: ROLE_ID }, 'its session', { ...SESSION, userId: `${ROLE_ID}:s1` }, true],
    [{ AWS: ROLE_ID }, "another role's session", { ...SESSION, userId: `${ROLE_ID}2:s1` }, false],
    [{ AWS: ROLE_ID }, 'a user', USER, false],
    [{ AWS: FEDERATED_USER.arn }, 'the federated user', FEDERATED_USER, true],
    [{ AWS: USER.arn }, 'a federated user whom the user vouches for', FEDERATED_USER, true],
    [{ AWS: FEDERATED_USER.arn }, 'the user who vouches', USER, false],
    [{ Service: ECS_TASKS.service }, 'the service', ECS_TASKS, true],
    [{ Service: ['ec2.amazonaws.com', ECS_TASKS.service] }, 'the service', ECS_TASKS, true],
    [{ Service: 'ecs.amazonaws.com' }, 'another service', ECS_TASKS, false],
    [{ Service: ECS_TASKS.service }, 'a user', USER, false],
    [{ Federated: OIDC.federated }, 'the provider', OIDC, true],
    [{ Federated: 'accounts.google.com' }, 'another provider', OIDC, false],
    [{ Federated: OIDC.federated }, 'a user', USER, false],
    [{ CanonicalUser: 'a'.repeat(64) }, 'a user', USER, false],
    [{ AWS: USER.arn, Service: ECS_TASKS.service }, 'the service', ECS_TASKS, true],
  ])('%j and %s: %j', (Principal, _, principal, expected) => {
    expect(isNamed({ Principal }, principal, 'Allow')).toBe(expected)
    expect(isNamed({ Principal }, principal, 'Deny')).toBe(expected)
  })
})

describe('NotPrincipal', () => {
  it.each<readonly [unknown, string, Requester, boolean]>([
    [{ AWS: [USER.arn, ROOT_ARN] }, 'the user and the account', USER, false],
    [{ AWS: USER.arn }, 'the user only', USER, true],
    [{ AWS: ROOT_ARN }, 'the account only', USER, true],
    [{ AWS: [USER.arn, ACCOUNT] }, 'a session of the account', SESSION, true],
    [{ AWS: [SESSION.arn, ROLE.arn, ROOT_ARN] }, 'session, role and account', SESSION, false],
    [{ AWS: [ROLE.arn, ROOT_ARN] }, 'role and account', SESSION, true],
    [{ AWS: [USER_ID, ROOT_ARN] }, 'the id and the account', { ...USER, userId: USER_ID }, false],
    [{ AWS: ROOT_ARN }, 'the root user', ROOT, false],
    [{ AWS: OTHER_ROOT }, 'another account', ROOT, true],
    [{ Service: ECS_TASKS.service }, 'the service', ECS_TASKS, false],
    [{ Service: 'ecs.amazonaws.com' }, 'another service', ECS_TASKS, true],
    [{ AWS: [FEDERATED_USER.arn, USER.arn, ROOT_ARN] }, 'federated user, user and account', FEDERATED_USER, false],
    [{ AWS: [FEDERATED_USER.arn, ROOT_ARN] }, 'federated user and account', FEDERATED_USER, true],
    [{ AWS: [FEDERATED_USER.arn, ROOT_ARN] }, 'federated user and the root user who vouches', OF_ROOT, false],
    [{ AWS: '*' }, 'everyone', USER, false],
    ['*', 'everyone', SESSION, false],
  ])('%j, %s, denies: %j', (NotPrincipal, _, principal, expected) => {
    expect(isNamed({ NotPrincipal }, principal, 'Deny')).toBe(expected)
  })
})
