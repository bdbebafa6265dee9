import { describe, expect, it } from 'vitest'
import { parameterArn } from '../../model/arn.ts'
import { checkNewName, checkPath, referenceOf } from './names.ts'

const owner = { region: 'us-east-1', account: '123456789012' }
const arnOf = (name: string): string => parameterArn(owner.region, owner.account, name)

describe('the name of a new parameter', () => {
  it.each(['a', '/a', 'A.b-c_d', '/a/b/c', `/${Array.from({ length: 15 }, () => 'x').join('/')}`])(
    'may be %s',
    (name) => {
      expect(() => checkNewName(name, arnOf(name))).not.toThrow()
    },
  )

  it.each([
    ['', 'ValidationException'],
    ['a b', 'ValidationException'],
    ['a/b', 'ValidationException'],
    ['/a//b', 'ValidationException'],
    ['/a/', 'ValidationException'],
    ['awsome', 'ValidationException'],
    ['SSM-x', 'ValidationException'],
    ['/ssm/x', 'ValidationException'],
    ['/AWS/x', 'AccessDeniedException'],
    ['a:1', 'ValidationException'],
    [`/${Array.from({ length: 16 }, () => 'x').join('/')}`, 'HierarchyLevelLimitExceededException'],
    ['n'.repeat(1000), 'ValidationException'],
  ])('may not be %s', (name, code) => {
    expect(() => checkNewName(name, arnOf(name))).toThrow(expect.objectContaining({ code }) as Error)
  })
})

describe('a name in a request', () => {
  it.each([
    ['a', { arn: arnOf('a') }],
    [' /a ', { arn: arnOf('a') }],
    ['/a/b:3', { arn: arnOf('/a/b'), selector: '3' }],
    ['a:live', { arn: arnOf('a'), selector: 'live' }],
    [arnOf('/a/b'), { arn: arnOf('/a/b') }],
    [`${arnOf('a')}:3`, { arn: arnOf('a'), selector: '3' }],
    ['arn:aws:ssm:eu-west-1:1:parameter/a', { arn: 'arn:aws:ssm:eu-west-1:1:parameter/a' }],
  ])('%s means a parameter', (text, reference) => {
    expect(referenceOf(owner, text)).toEqual({ text: text.trim(), ...reference })
  })

  it.each(['', ':1', 'a:', 'a:1:2', 'arn:aws:ssm:us-east-1:1:document/a', 'arn:aws:s3:::bucket'])(
    '%s means nothing',
    (text) => {
      expect(referenceOf(owner, text)).toBeUndefined()
    },
  )
})

it('is a path if it is one', () => {
  for (const path of ['/', '/a', '/a/b/']) expect(() => checkPath(path)).not.toThrow()
  for (const path of ['', 'a', '//', '/###', '/aws/x', '/SSM'])
    expect(() => checkPath(path)).toThrow(/^The parameter doesn't meet the parameter name requirements\./)
})
