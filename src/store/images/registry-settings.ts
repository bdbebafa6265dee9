/** What is set for whole registries. */
import type { RegistrySettingsRecord } from '../../model/image-records.ts'
import type { ReadTables, Transaction } from '../tables.ts'
import { repositoryRegionKey } from './image-tables.ts'

export interface RegistryPlace {
  readonly account: string
  readonly region: string
}

/** What there is without anyone having set anything. */
export const registrySettingsOf = (tables: ReadTables, { account, region }: RegistryPlace): RegistrySettingsRecord =>
  tables.registrySettings.get(repositoryRegionKey(region, account)) ?? {
    account,
    region,
    scanOnPushFilters: [],
    accountSettings: {},
    pullTimeExclusions: [],
  }

export const setRegistrySettings = (
  tx: Transaction,
  place: RegistryPlace,
  settings: Partial<Omit<RegistrySettingsRecord, keyof RegistryPlace>>,
): RegistrySettingsRecord => tx.registrySettings.put({ ...registrySettingsOf(tx, place), ...settings })

/** Whether layers may be taken over from other repositories. */
export const isMountingAllowed = (tables: ReadTables, place: RegistryPlace): boolean =>
  registrySettingsOf(tables, place).accountSettings['BLOB_MOUNTING'] !== 'DISABLED'
