/** PutAccountConfiguration: from when on the account is to hear of certificates that end. */
import type { PutAccountConfigurationCommandOutput, PutAccountConfigurationRequest } from '@aws-sdk/client-acm'
import { CERTIFICATE_EXPIRY_DAYS } from '../../../model/certificate-limits.ts'
import { checkConstraints } from '../../constraints.ts'
import { keepDaysBeforeExpiry } from '../account-configuration.ts'
import { onAnything } from '../access.ts'
import type { AcmOperation } from '../context.ts'

export const putAccountConfiguration: AcmOperation<
  PutAccountConfigurationRequest,
  Partial<PutAccountConfigurationCommandOutput>
> = {
  access: onAnything,
  clientToken: { of: ({ IdempotencyToken }) => IdempotencyToken, scope: () => 'acm' },
  handle: ({ ExpiryEvents, IdempotencyToken }, context) => {
    checkConstraints({ IdempotencyToken }, { IdempotencyToken: { min: 1, max: 32, pattern: /^\w+$/ } })
    const days = ExpiryEvents?.DaysBeforeExpiry ?? CERTIFICATE_EXPIRY_DAYS
    checkConstraints({ DaysBeforeExpiry: days }, { DaysBeforeExpiry: { min: 1, max: CERTIFICATE_EXPIRY_DAYS } })
    keepDaysBeforeExpiry(context, days)
    return {}
  },
}
