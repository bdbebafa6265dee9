/** What an account has set of Certificate Manager in a region. Nothing delivers the events that it is about. */
import { CERTIFICATE_EXPIRY_DAYS } from '../../model/certificate-limits.ts'
import type { AcmContext } from './context.ts'

const nameOf = ({ account, region }: AcmContext): string => `acm/${account}/${region}/daysBeforeExpiry`

export const daysBeforeExpiry = (context: AcmContext): number =>
  Number(context.tx.settings.get(nameOf(context))?.value ?? CERTIFICATE_EXPIRY_DAYS)

export const keepDaysBeforeExpiry = (context: AcmContext, days: number): void => {
  context.tx.settings.put({ name: nameOf(context), value: String(days) })
}
