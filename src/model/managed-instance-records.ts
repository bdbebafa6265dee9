/**
 * Machines that join from outside: activations let them in, and each is known by a key pair of its own from then on.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-activation-managed-nodes.html
 * Times are milliseconds since the epoch.
 */
import type { Tag } from './records.ts'

export interface ActivationRecord {
  /** A UUID. */
  readonly activationId: string
  readonly account: string
  readonly region: string
  /** SHA-256 of the activation code, in hexadecimal: the code itself is told once. */
  readonly codeHash: string
  /** Name of the role that its machines have. */
  readonly iamRole: string
  readonly description?: string
  readonly defaultInstanceName?: string
  readonly registrationLimit: number
  readonly registrationsCount: number
  readonly createdAt: number
  readonly expiresAt: number
  readonly tags: readonly Tag[]
}

export interface ManagedInstanceRecord {
  /** `mi-` and 17 hexadecimal digits. */
  readonly instanceId: string
  readonly account: string
  readonly region: string
  readonly activationId: string
  readonly iamRole: string
  /** Base64 of the RSA key's SubjectPublicKeyInfo. */
  readonly publicKey: string
  /** Tells machines apart that a copied disk would make one; of the machine's own choice. */
  readonly fingerprint: string
  readonly name?: string
  readonly registeredAt: number
  readonly tags: readonly Tag[]
}
