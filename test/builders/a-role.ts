/** Roles and users as the store holds them. */
import { roleArn, userArn } from '../../src/model/arn.ts'
import { iamKey, type RoleRecord, type UserRecord } from '../../src/model/iam-records.ts'

const ACCOUNT = '000000000000'

/** A trust policy that lets the given principals assume the role. */
export const trusting = (principal: unknown, ...more: object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }, ...more],
  })

export const aRole = (given: Partial<RoleRecord> = {}): RoleRecord => {
  const { account = ACCOUNT, roleName = 'app', path = '/' } = given
  return {
    key: iamKey(account, roleName),
    arn: roleArn(account, roleName, path),
    account,
    path,
    roleName,
    roleId: `AROA${roleName
      .toUpperCase()
      .replaceAll(/[^A-Z]/g, '')
      .padEnd(17, 'X')}`,
    assumeRolePolicyDocument: trusting({ AWS: account }),
    maxSessionDurationSeconds: 3600,
    createdAt: 0,
    attachedPolicyArns: [],
    inlinePolicies: {},
    tags: [],
    ...given,
  }
}

export const aUser = (given: Partial<UserRecord> = {}): UserRecord => {
  const { account = ACCOUNT, userName = 'ada', path = '/' } = given
  return {
    key: iamKey(account, userName),
    arn: userArn(account, userName, path),
    account,
    path,
    userName,
    userId: `AIDA${userName
      .toUpperCase()
      .replaceAll(/[^A-Z]/g, '')
      .padEnd(17, 'X')}`,
    groupKeys: [],
    createdAt: 0,
    attachedPolicyArns: [],
    inlinePolicies: {},
    tags: [],
    ...given,
  }
}
