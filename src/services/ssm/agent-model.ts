/**
 * The model of Systems Manager as machines that join have it: the published one, and the operations by which a machine registers itself
 * and gets the credentials of its role. Only agents call them, so no client package has them.
 */
import { sdkModel } from '../../wire/sdk-model.ts'

export interface RegisterManagedInstanceRequest {
  readonly ActivationId?: string | undefined
  readonly ActivationCode?: string | undefined
  /** Base64 of an RSA key's SubjectPublicKeyInfo. */
  readonly PublicKey?: string | undefined
  readonly PublicKeyType?: string | undefined
  readonly Fingerprint?: string | undefined
}

export interface RegisterManagedInstanceResult {
  readonly InstanceId?: string
}

export interface RequestManagedInstanceRoleTokenRequest {
  readonly Fingerprint?: string | undefined
}

export interface RequestManagedInstanceRoleTokenResult {
  readonly AccessKeyId?: string
  readonly SecretAccessKey?: string
  readonly SessionToken?: string
  readonly UpdateKeyPair?: boolean
  readonly TokenExpirationDate?: Date
}

const NAMESPACE = 'com.amazonaws.ssm'
const [TEXT, BOOLEAN, TIMESTAMP, STRUCTURE, ERROR, OPERATION] = [0, 2, 4, 3, -3, 9] as const
/** A text that the model marks as sensitive. */
const SECRET = [TEXT, NAMESPACE, 'Secret', 8, TEXT] as const

type Members = Readonly<Record<string, unknown>>

const structure = (name: string, members: Members) =>
  [STRUCTURE, NAMESPACE, name, 0, Object.keys(members), Object.values(members).map((schema) => () => schema)] as const

const operation = (name: string, input: Members, output: Members) =>
  [
    OPERATION,
    NAMESPACE,
    name,
    0,
    () => structure(`${name}Request`, input),
    () => structure(`${name}Result`, output),
  ] as const

const clientError = (name: string) =>
  [ERROR, NAMESPACE, name, { error: 'client', httpError: 400 }, ['Message'], [TEXT]] as const

export const ssmModel = (): Readonly<Record<string, unknown>> => ({
  ...sdkModel('@aws-sdk/client-ssm'),
  MachineFingerprintDoesNotMatch$: clientError('MachineFingerprintDoesNotMatch'),
  RegisterManagedInstance$: operation(
    'RegisterManagedInstance',
    { ActivationId: TEXT, ActivationCode: SECRET, PublicKey: TEXT, PublicKeyType: TEXT, Fingerprint: TEXT },
    { InstanceId: TEXT },
  ),
  RequestManagedInstanceRoleToken$: operation(
    'RequestManagedInstanceRoleToken',
    { Fingerprint: TEXT },
    {
      AccessKeyId: TEXT,
      SecretAccessKey: SECRET,
      SessionToken: SECRET,
      UpdateKeyPair: BOOLEAN,
      TokenExpirationDate: TIMESTAMP,
    },
  ),
})
