/** PutImageScanningConfiguration: whether images of a repository are scanned when they are pushed. */
import type { PutImageScanningConfigurationRequest, PutImageScanningConfigurationResponse } from '@aws-sdk/client-ecr'
import { onRepository } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { requireRepository } from '../lookups.ts'

export const putImageScanningConfiguration: EcrOperation<
  PutImageScanningConfigurationRequest,
  PutImageScanningConfigurationResponse
> = {
  access: onRepository,
  handle: ({ imageScanningConfiguration, ...input }, context) => {
    const { arn, account, name } = requireRepository(context, input)
    const scanOnPush = imageScanningConfiguration?.scanOnPush ?? false
    context.tx.repositories.update(arn, { isScannedOnPush: scanOnPush })
    return { registryId: account, repositoryName: name, imageScanningConfiguration: { scanOnPush } }
  },
}
