"""The paper claim: what stands in each box of a CMS-1500 (02/12), and where on the sheet."""
