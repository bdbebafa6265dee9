/** UntagServerCertificate: removes the tags of these keys. */
import type { UntagServerCertificateRequest } from '@aws-sdk/client-iam'
import { removedTagKeys } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { check, ENTITY_NAME } from '../rules.ts'
import { onServerCertificate, requireServerCertificate } from '../server-certificates.ts'
import { tagsWithout } from '../tags.ts'

export const untagServerCertificate: IamOperation<UntagServerCertificateRequest> = {
  access: onServerCertificate(removedTagKeys),
  handle: (input, context) => {
    check(input, { ServerCertificateName: ENTITY_NAME })
    const { key, tags } = requireServerCertificate(context, input.ServerCertificateName)
    context.tx.serverCertificates.update(key, { tags: tagsWithout(tags, input.TagKeys, 'sensitive') })
    return {}
  },
}
