import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { migrate, type Migration, migrations, NewerSchema } from './migrations.ts'

const addColumn: Migration = {
  version: 2,
  apply: (database) => database.exec("ALTER TABLE rows ADD COLUMN note TEXT DEFAULT ''"),
}

const versionOf = (database: DatabaseSync): unknown => database.prepare('PRAGMA user_version').get()?.['user_version']

const columnsOf = (database: DatabaseSync): unknown[] =>
  database
    .prepare('PRAGMA table_info(rows)')
    .all()
    .map(({ name }) => name)

/** A file as the first release left it. Never edited: it stands for the files that users have. */
const releasedVersion1 = (): DatabaseSync => {
  const database = new DatabaseSync(':memory:')
  database.exec(`
    CREATE TABLE rows (
      id INTEGER PRIMARY KEY, table_name TEXT NOT NULL, key TEXT NOT NULL, row TEXT NOT NULL, UNIQUE (table_name, key)
    ) STRICT;
    INSERT INTO rows (table_name, key, row) VALUES
      ('clusters', 'a', '{"clusterName":"a"}'),
      ('settings', 'pageTokenKey', '{"name":"pageTokenKey","value":"00"}'),
      ('accessKeys', 'AKIA1', '{"accessKeyId":"AKIA1","secretAccessKey":"plain"}');
    PRAGMA user_version = 1;
  `)
  return database
}

describe('migrate', () => {
  it('takes an empty file to the last version', () => {
    const database = new DatabaseSync(':memory:')
    migrate(database, [...migrations])
    expect(versionOf(database)).toBe(migrations.length)
  })

  it('takes a file of the first release to the last version with its rows, but for secrets that are not sealed', () => {
    const database = releasedVersion1()
    migrate(database, migrations)
    expect(versionOf(database)).toBe(migrations.length)
    expect(
      database
        .prepare('SELECT table_name, key, row FROM rows')
        .all()
        .map((row) => ({ ...row })),
    ).toEqual([{ table_name: 'clusters', key: 'a', row: '{"clusterName":"a"}' }])
  })

  it('gives a new file the same schema as a file that came the whole way', () => {
    const schemaOf = (database: DatabaseSync): unknown =>
      columnsOf(database).concat(
        database
          .prepare('SELECT name FROM sqlite_schema ORDER BY name')
          .all()
          .map(({ name }) => name),
      )
    const fresh = new DatabaseSync(':memory:')
    const old = releasedVersion1()
    migrate(fresh, migrations)
    migrate(old, migrations)
    expect(schemaOf(old)).toEqual(schemaOf(fresh))
  })

  it('runs only the steps that the file lacks', () => {
    const database = releasedVersion1()
    migrate(database, [...migrations.slice(0, 1), addColumn])
    expect(columnsOf(database)).toContain('note')
    migrate(database, [...migrations.slice(0, 1), addColumn])
    expect(versionOf(database)).toBe(2)
  })

  it('leaves the file as it was when a step fails', () => {
    const database = releasedVersion1()
    const failing: Migration = {
      version: 2,
      apply: (opened) => {
        addColumn.apply(opened)
        throw new Error('half way')
      },
    }
    expect(() => migrate(database, [...migrations.slice(0, 1), failing])).toThrow('half way')
    expect(versionOf(database)).toBe(1)
    expect(columnsOf(database)).not.toContain('note')
  })

  it('refuses a file of a later version', () => {
    const database = releasedVersion1()
    database.exec('PRAGMA user_version = 9')
    expect(() => migrate(database, migrations)).toThrow(NewerSchema)
  })
})

describe('version 2', () => {
  it('lets sealed secrets be', () => {
    const database = releasedVersion1()
    database.exec(`INSERT INTO rows (table_name, key, row) VALUES ('accessKeys', 'AKIA2', '{"sealedSecret":"m1.x"}')`)
    migrate(database, migrations)
    const left = database.prepare("SELECT key FROM rows WHERE table_name = 'accessKeys'").all()
    expect(left.map(({ key }) => key)).toEqual(['AKIA2'])
  })
})
