/** TagServerCertificate: adds tags, or gives those that are there new values. */
import type { TagServerCertificateRequest } from '@aws-sdk/client-iam'
import { requestTags } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { check, ENTITY_NAME } from '../rules.ts'
import { onServerCertificate, requireServerCertificate } from '../server-certificates.ts'
import { mergedTags } from '../tags.ts'

export const tagServerCertificate: IamOperation<TagServerCertificateRequest> = {
  access: onServerCertificate(requestTags),
  handle: (input, context) => {
    check(input, { ServerCertificateName: ENTITY_NAME })
    const { key, tags } = requireServerCertificate(context, input.ServerCertificateName)
    context.tx.serverCertificates.update(key, { tags: mergedTags(tags, input.Tags, 'sensitive') })
    return {}
  },
}
