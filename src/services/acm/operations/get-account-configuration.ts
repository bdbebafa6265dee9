/** GetAccountConfiguration: from when on the account would hear of certificates that end. */
import type { GetAccountConfigurationResponse } from '@aws-sdk/client-acm'
import { daysBeforeExpiry } from '../account-configuration.ts'
import { onAnything } from '../access.ts'
import type { AcmOperation } from '../context.ts'

export const getAccountConfiguration: AcmOperation<object, GetAccountConfigurationResponse> = {
  access: onAnything,
  handle: (_input, context) => ({ ExpiryEvents: { DaysBeforeExpiry: daysBeforeExpiry(context) } }),
}
