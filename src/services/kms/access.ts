/**
 * What callers of KMS must be allowed to do. A key's own policy always counts; for a key that does not exist, identity policies alone
 * decide whether the caller may be told so.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
import { isArn, kmsKeyArn } from '../../model/arn.ts'
import { Fault } from '../../wire/fault.ts'
import { keyDemand, type KeyAccess } from '../kms-demands.ts'
import { aliasOf, requireKmsKey } from '../kms-keys.ts'
import type { Demand } from '../operations.ts'
import type { KmsContext } from './context.ts'

/** The operation's action, or that of `access`, on the key that a request names. */
export const demandOnKey = (context: KmsContext, reference: string, access: KeyAccess = {}): Demand => {
  try {
    return keyDemand(context, requireKmsKey(context, reference), { requestAlias: aliasOf(reference), ...access })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const resource = isArn(reference) ? reference : kmsKeyArn(context.region, context.account, reference)
    return { ...(access.action !== undefined && { action: access.action }), resource }
  }
}

interface NamesKey {
  readonly KeyId?: string | undefined
}

/** On the key that `KeyId` names. */
export const onKey =
  <Input extends NamesKey>(accessOf: (input: Input) => KeyAccess = () => ({})) =>
  (input: Input, context: KmsContext): readonly Demand[] => [demandOnKey(context, input.KeyId ?? '', accessOf(input))]

/** The action has no resource. */
export const onAnything = (): readonly Demand[] => [{ resource: '*' }]
