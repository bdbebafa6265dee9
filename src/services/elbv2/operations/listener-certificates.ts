/** AddListenerCertificates, RemoveListenerCertificates and DescribeListenerCertificates: certificates that are chosen by the server's name. */
import type {
  AddListenerCertificatesInput,
  AddListenerCertificatesOutput,
  DescribeListenerCertificatesInput,
  DescribeListenerCertificatesOutput,
  RemoveListenerCertificatesInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { onAnything, onListener } from '../access.ts'
import { checkCertificateCount, requireCertificates, requireSecure } from '../certificates.ts'
import type { Elbv2Operation } from '../context.ts'
import { operationNotPermitted, validationError } from '../faults.ts'
import { requireListener, requireLoadBalancer } from '../lookups.ts'
import { page } from '../page.ts'

/** AWS: one that is in the list already is not added again; the default certificate may be in the list, too. */
export const addListenerCertificates: Elbv2Operation<AddListenerCertificatesInput, AddListenerCertificatesOutput> = {
  access: onListener,
  handle: (input, context) => {
    const { tx } = context
    const listener = requireListener(context, input.ListenerArn)
    requireSecure(listener)
    const added = requireCertificates(context, input.Certificates)
    const [first, ...others] = listener.certificateArns
    const certificateArns = [...(first === undefined ? [] : [first]), ...new Set([...others, ...added])]
    tx.listeners.update(listener.listenerArn, { certificateArns })
    checkCertificateCount(context, requireLoadBalancer(context, listener.loadBalancerArn))
    return { Certificates: added.map((arn) => ({ CertificateArn: arn, IsDefault: false })) }
  },
}

export const removeListenerCertificates: Elbv2Operation<RemoveListenerCertificatesInput> = {
  access: onListener,
  handle: (input, context) => {
    const { tx } = context
    const listener = requireListener(context, input.ListenerArn)
    requireSecure(listener)
    const { listenerArn, certificateArns } = listener
    const removed = (input.Certificates ?? []).map(({ CertificateArn: arn = '' }) => arn)
    if (removed.length === 0) throw validationError('A certificate must be specified')
    const [first, ...others] = certificateArns
    if (first === undefined || removed.some((arn) => arn === first && !others.includes(arn)))
      throw operationNotPermitted(`Default certificate of listener '${listenerArn}' cannot be removed`)
    tx.listeners.update(listenerArn, {
      certificateArns: [first, ...others.filter((arn) => !removed.includes(arn))],
    })
    return {}
  },
}

export const describeListenerCertificates: Elbv2Operation<
  DescribeListenerCertificatesInput,
  DescribeListenerCertificatesOutput
> = {
  access: onAnything,
  handle: (input, context) => {
    const { listenerArn, certificateArns } = requireListener(context, input.ListenerArn)
    const listed = certificateArns.map((arn, index) => ({ CertificateArn: arn, IsDefault: index === 0 }))
    const { items, rest } = page(context, `listener-certificates/${listenerArn}`, listed, input, keyOf)
    return { Certificates: [...items], ...rest }
  },
}

/** The default certificate comes first. */
const keyOf = ({ CertificateArn: arn, IsDefault: isDefault }: { CertificateArn: string; IsDefault: boolean }): string =>
  `${isDefault ? 0 : 1}${arn}`
