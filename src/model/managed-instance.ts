/** Managed instances: what they are called, and what machines that join are told. */
import { createHash } from 'node:crypto'
import type { Ids } from '../kit/ids.ts'
import { managedInstanceArn } from './arn.ts'
import type { ActivationRecord } from './managed-instance-records.ts'
import type { Principal } from './principal.ts'

const INSTANCE_ID = /^mi-[0-9a-f]{17}$/

export const isManagedInstanceId = (text: string): boolean => INSTANCE_ID.test(text)

export const newManagedInstanceId = (ids: Ids): string => `mi-${ids.hex32().slice(0, 17)}`

export const hashOfActivationCode = (code: string): string => createHash('sha256').update(code).digest('hex')

/** A machine that signs with its own key, as it does to get the credentials of its role. */
export const managedInstancePrincipal = ({
  instanceId,
  account,
  region,
}: {
  readonly instanceId: string
  readonly account: string
  readonly region: string
}): Principal => ({
  arn: managedInstanceArn(region, account, instanceId),
  account,
  userId: instanceId,
  accessKeyId: instanceId,
})

export interface NewActivation {
  readonly account: string
  readonly region: string
  readonly iamRole: string
  readonly now: number
  readonly expiresAt: number
  readonly registrationLimit: number
}

/** An activation to store, and the code that is told once. */
export const newActivation = (
  ids: Ids,
  { now, ...given }: NewActivation,
): { readonly record: ActivationRecord; readonly code: string } => {
  const code = Buffer.from(ids.hex32() + ids.hex32(), 'hex')
    .toString('base64url')
    .slice(0, 20)
  const record = {
    ...given,
    activationId: ids.uuid(),
    codeHash: hashOfActivationCode(code),
    registrationsCount: 0,
    createdAt: now,
    tags: [],
  }
  return { record, code }
}
