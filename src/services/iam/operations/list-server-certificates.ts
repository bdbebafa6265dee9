/** ListServerCertificates: the account's server certificates whose path begins with a prefix. */
import type { ListServerCertificatesRequest, ListServerCertificatesResponse } from '@aws-sdk/client-iam'
import { serverCertificateArn } from '../../../model/arn.ts'
import { onPathPrefix } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { page } from '../page.ts'
import { check, PATH_PREFIX } from '../rules.ts'
import { describeServerCertificate, findServerCertificates } from '../server-certificates.ts'

export const listServerCertificates: IamOperation<ListServerCertificatesRequest, ListServerCertificatesResponse> = {
  access: onPathPrefix(serverCertificateArn),
  handle: (input, context) => {
    check(input, { PathPrefix: PATH_PREFIX })
    const { PathPrefix: prefix = '/' } = input
    const rows = findServerCertificates(context).filter(({ path }) => path.startsWith(prefix))
    const { items, rest } = page(context, `ListServerCertificates${prefix}`, rows, input, ({ key }) => key)
    return { ServerCertificateMetadataList: items.map(describeServerCertificate), ...rest }
  },
}
