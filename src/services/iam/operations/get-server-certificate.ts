/** GetServerCertificate: a server certificate without its key. */
import type { GetServerCertificateRequest, GetServerCertificateResponse } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { check, ENTITY_NAME } from '../rules.ts'
import { describeServerCertificate, onServerCertificate, requireServerCertificate } from '../server-certificates.ts'
import { tagsIfAny } from '../tags.ts'

export const getServerCertificate: IamOperation<GetServerCertificateRequest, GetServerCertificateResponse> = {
  access: onServerCertificate(),
  handle: (input, context) => {
    check(input, { ServerCertificateName: ENTITY_NAME })
    const row = requireServerCertificate(context, input.ServerCertificateName)
    const { certificate, chain } = row.issued
    return {
      ServerCertificate: {
        ServerCertificateMetadata: describeServerCertificate(row),
        CertificateBody: certificate,
        ...(chain !== undefined && { CertificateChain: chain }),
        ...tagsIfAny(row.tags),
      },
    }
  },
}
