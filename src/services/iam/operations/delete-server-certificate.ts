/** DeleteServerCertificate: a server certificate that no listener shows. */
import type { DeleteServerCertificateRequest } from '@aws-sdk/client-iam'
import { listenersUsing } from '../../../store/certificates/certificate-material.ts'
import type { IamOperation } from '../context.ts'
import { deleteConflict } from '../faults.ts'
import { check, ENTITY_NAME } from '../rules.ts'
import { onServerCertificate, requireServerCertificate } from '../server-certificates.ts'

export const deleteServerCertificate: IamOperation<DeleteServerCertificateRequest> = {
  access: onServerCertificate(),
  handle: (input, context) => {
    check(input, { ServerCertificateName: ENTITY_NAME })
    const { key, arn, serverCertificateId } = requireServerCertificate(context, input.ServerCertificateName)
    const [user] = listenersUsing(context.tx, arn)
    if (user !== undefined)
      throw deleteConflict(
        `Certificate: ${serverCertificateId} is currently in use by ${user.loadBalancerArn}. Please remove it first before deleting it from IAM.`,
      )
    context.tx.serverCertificates.remove(key)
    return {}
  },
}
