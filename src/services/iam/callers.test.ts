import { describe, expect, it } from 'vitest'
import { rootCaller, sessionCaller, userCaller } from '../../../test/builders/a-principal.ts'
import { IamWorld } from '../../../test/iam-service.ts'
import { rootArn } from '../../model/arn.ts'
import type { Principal } from '../../model/principal.ts'

const USER = userCaller()
const ROOT = rootCaller()
const begun = { issuedAt: 0, expiresAt: 1 }
const SESSION = { ...USER, session: { ...begun, issuerArn: USER.arn } }

describe('callers of IAM', () => {
  it.each<readonly [string, Principal]>([
    ['the root user', ROOT],
    ['a user', USER],
    ['a session of a role', sessionCaller()],
    [
      'a session of a user that was begun with MFA',
      { ...USER, session: { ...SESSION.session, isMfaAuthenticated: true } },
    ],
  ])('are let in: %s', async (_, principal) => {
    const iam = await IamWorld.start()
    expect(await iam.call('ListUsers', {}, principal)).toMatchObject({ Users: [] })
  })

  it.each<readonly [string, Principal]>([
    ['a session of a user', SESSION],
    ['a federated user', { ...SESSION, arn: `arn:aws:sts::${USER.account}:federated-user/eve` }],
    ['a session of the root user', { ...ROOT, session: { ...begun, issuerArn: rootArn(ROOT.account) } }],
  ])('are kept out: %s', async (_, principal) => {
    const iam = await IamWorld.start()
    await expect(iam.call('CreateAccessKey', {}, principal)).rejects.toMatchObject({
      problem: 'unknownKey',
      message: 'The security token included in the request is invalid.',
    })
  })
})
