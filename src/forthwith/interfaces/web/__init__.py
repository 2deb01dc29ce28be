"""The chassis that all doors share: documents, parts, forms, errors, sign-in, the look.

What must not enter: anything that only one door needs, and any rule of the clinic or of the law.
"""
