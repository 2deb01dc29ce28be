"""The sample world: made from a seed and a day, loaded through the apps, described for outside programs.

    documents   tenants as the policies' folder tells them
    names       invented names and keys
    providers   clinicians, practices, facilities and whose network they are in
    members     people covered, with their spans of coverage
    people      who signs in: offices and staff, their credentials, secrets and clients
    asks        services that lead to each answer
    world       all of it as one value, a pure function of the day
    loading     that value into the database
    past        requests of the past days, made by the real acts
    drafts      what offices have begun and not yet asked
    describing  that value as JSON (docs/reference/describe.schema.json)
    growing     as many further requests as wanted, by COPY

Nobody in it is real; telephone numbers are 555-01xx.
"""
