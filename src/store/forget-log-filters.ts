/** Removes the filters of a log group, with what is known of how far its subscriptions have come. */
import type { Transaction } from './tables.ts'

export const forgetLogFilters = (tx: Transaction, groupId: string): void => {
  for (const { key } of tx.metricFilters.find('byGroup', groupId)) tx.metricFilters.remove(key)
  for (const { key } of tx.subscriptionFilters.find('byGroup', groupId)) {
    tx.subscriptionFilters.remove(key)
    tx.logDeliveries.remove(key)
  }
}
